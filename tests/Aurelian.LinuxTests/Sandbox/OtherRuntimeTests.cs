using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.LinuxTests.Runs;
using Aurelian.Response;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

/// <summary>
/// A runtime whose sandboxes the warden cannot enter, played by runc: calls go through its own exec, and what that
/// lacks is said.
/// </summary>
public sealed class OtherRuntimeTests : IAsyncLifetime
{
    private readonly CgroupDirectory _directory = new();
    private readonly RecordingSink _sink = new();
    private readonly SandboxHost _host;
    private ISandbox _sandbox = null!;

    public OtherRuntimeTests() => _host = SandboxHost.Start(
        new SandboxHostConfig { NativeFolder = NativeFolder.Find(), Runtime = new RuntimeConfig("runc", false, true) },
        _directory, _sink, TimeProvider.System);

    public async ValueTask InitializeAsync() => _sandbox = await _host.CreateAsync(
        new SandboxSpec { Id = new SandboxId("e1") }, new Subject(Episode: new EpisodeId("e1")), default);

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_call_has_its_input_output_exit_code_and_rights()
    {
        ExecResult said = await _sandbox.ExecAsync(
            new ExecRequest
            {
                Call = new ToolCallId("e1.c1"), Arguments = ["bash", "-c", "cat; pwd; id -un; echo err >&2; exit 7"],
                Input = "in\n"u8.ToArray(), Timeout = TimeSpan.FromSeconds(20),
            },
            TestContext.Current.CancellationToken);
        ExecResult status = await _sandbox.ShellAsync(
            2, "grep -hE '^(CapEff|CapBnd|NoNewPrivs|Seccomp):|core file' /proc/self/status /proc/self/limits");

        Assert.Equal("in\n/workspace\nagent\n", said.Text());
        Assert.Equal("err\n", said.ErrorText());
        Assert.Equal(7, said.ExitCode);
        Assert.Equal(
            ["CapEff: 0000000000000000", "CapBnd: 0000000000000000", "NoNewPrivs: 1", "Seccomp: 2",
             "Max core file size 1 1 bytes"],
            status.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(
                ' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Tracing_is_refused_altogether_and_what_is_refused_is_said_to_be_untold()
    {
        ExecResult result = await _sandbox.ShellAsync(1, """
            python3 -c 'import ctypes, os; l = ctypes.CDLL(None); print(l.ptrace(0, 0, 0, 0), l.unshare(0x10000000))'
            """);

        Assert.Equal("-1 -1\n", result.Text());
        Assert.All(_host.Coverage, each => Assert.Equal(SourceState.Partial, each.State));
        Assert.Equal([SourceNames.Refusal, SourceNames.Attribution], _host.Coverage.Select(each => each.Name));
    }

    [Fact]
    public async Task A_call_that_takes_too_long_ends_and_what_happens_is_laid_to_the_call_that_runs()
    {
        ExecResult slow = await _sandbox.ShellAsync(1, "exec sleep 60", seconds: 1);
        await _sandbox.ShellAsync(2, "sleep 60 >/dev/null 2>&1 & for i in $(seq 20000); do :; done");
        CallUsage usage = _sandbox.ReadUsage(new ToolCallId("e1.c2"));

        Assert.True(slow.TimedOut);
        Assert.Single(usage.Pids);
        Assert.Empty(_sandbox.ReadUsage(new ToolCallId("e1.c1")).Pids);
        Assert.Contains(_directory.All(), entry => entry.Value.Call == new ToolCallId("e1.c2"));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_run_on_it_marks_its_incidents_approximate_and_its_coverage_partial(string events)
    {
        string policy = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            policy, $"[sandbox]\nruntime = \"runc\"\nperCallCgroup = false\nhostSyscallEvents = {events}\n");
        RunSummary summary = await Run.ExecuteAsync(Run.Config() with
        {
            PolicyFile = policy,
            Episodes = [new EpisodeConfig { Command = ["python3", "-c", """
                import socket, time
                s = socket.create_connection(("pool.moonshare.example", 3333))
                s.sendall(b'{"id":1,"method":"mining.subscribe","params":[]}\n'); time.sleep(20)
                """] }],
        });
        File.Delete(policy);

        Incident mining = summary.Incident(Category.Mining);
        Assert.Equal(("e1.c1", Certainty.Approximate), (mining.ToolCall, mining.Attribution.Certainty));
        Assert.Equal(CoverageState.Partial, summary.Episodes[0].Verdict.Coverage);
        Assert.Equal(SourceState.Partial, summary.Coverage[SourceNames.Attribution].State);
        Assert.Equal(events == "true", mining.Process is not null);
    }
}
