using System.Net.Sockets;
using System.Text;
using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.LinuxTests.Faults;

/// <summary>
/// A part that sees or enforces dies in the middle of an episode: nothing gets out any more, the verdict is unknown,
/// a person is told, and the coverage names it.
/// </summary>
public sealed class DeadSourceTests
{
    [Fact]
    public async Task With_a_dead_proxy_nothing_gets_out_and_no_verdict_is_clean()
    {
        await using FaultRun run = await FaultRun.OpenAsync(FaultRun.HoldsAConnection);

        Verdict verdict = await run.RunAsync("open", () =>
        {
            run.Stage.Gateway.ServerSockets.Proxy.Shutdown(SocketShutdown.Both);
            return run.SaidAsync("second");
        });

        AssertClosed(run, verdict, SourceNames.Network);
    }

    [Fact]
    public async Task With_a_dead_resolver_nothing_gets_out_and_no_verdict_is_clean()
    {
        await using FaultRun run = await FaultRun.OpenAsync(FaultRun.HoldsAConnection);

        Verdict verdict = await run.RunAsync("open", () =>
        {
            run.Stage.Gateway.ServerSockets.Resolver.Dispose();
            return run.SaidAsync("second");
        });

        AssertClosed(run, verdict, SourceNames.Dns);
    }

    [Fact]
    public async Task With_a_dead_sensor_nothing_gets_out_and_no_verdict_is_clean()
    {
        await using FaultRun run = await FaultRun.OpenAsync(FaultRun.HoldsAConnection);

        Verdict verdict = await run.RunAsync("open", () =>
        {
            ((KernelSensor)run.Stage.Sources[0]).Break("the test broke it");
            return run.SaidAsync("second");
        });

        AssertClosed(run, verdict, SourceNames.Process);
        // What comes later is let nowhere either.
        var live = await run.Supply.AcquireAsync(
            new SandboxId("e9"), new EpisodeId("e9"), TestContext.Current.CancellationToken);
        Assert.Empty(run.Stage.Gateway.Find(live.Sandbox.Id)!.Policy.Rules);
        await run.Supply.ReleaseAsync(live);
    }

    [Fact]
    public async Task A_sensor_that_cannot_pass_on_what_it_read_stops_says_so_and_ends_no_process()
    {
        ThrowingSink sink = new();
        CgroupDirectory directory = new();
        await using SandboxHost host = SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, directory, sink, TimeProvider.System);
        using KernelSensor sensor = KernelSensor.Start(
            NativeFolder.Find(), host.Cgroup2Root, directory, sink, TimeProvider.System);
        await using ISandbox sandbox = await host.CreateAsync(
            new SandboxSpec { Id = new SandboxId("e1") }, new Subject(Episode: new EpisodeId("e1")),
            TestContext.Current.CancellationToken);
        await sensor.DrainAsync(TestContext.Current.CancellationToken);

        sink.Throws = true;
        ExecResult result = await sandbox.ShellAsync(1, "/usr/bin/true");

        Assert.Equal(0, result.ExitCode);
        await Assert.ThrowsAsync<SensorException>(async () =>
            await sensor.DrainAsync(TestContext.Current.CancellationToken));
        SourceCoverage coverage = Assert.Single(sensor.Coverage);
        Assert.Equal(SourceState.Absent, coverage.State);
        Assert.Contains("as the test wanted", coverage.How, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_dead_warden_the_run_is_broken_off_and_every_process_ends_at_once()
    {
        await using FaultRun run = await FaultRun.OpenAsync("sleep 300 & echo open; sleep 300");
        int[] pids = [];

        SandboxException broken = await Assert.ThrowsAsync<SandboxException>(() => run.RunAsync("open", async () =>
        {
            pids = [.. run.Stage.Desk.Live.SelectMany(live => live.Sandbox.ReadPids())];
            using System.Diagnostics.Process warden =
                System.Diagnostics.Process.GetProcessById(run.Stage.Host.Warden.Pid);
            warden.Kill();
            await Eventually.Async(() => run.Stage.Failure is not null);
        }));

        Assert.Contains("warden", broken.Message, StringComparison.OrdinalIgnoreCase);
        Assert.True(run.Stage.Broken.IsCancellationRequested);
        Assert.True(pids.Length >= 3);
        await Eventually.Async(() => !pids.Any(Lives), 3);
        Assert.DoesNotContain(pids, Lives);
    }

    [Fact]
    public async Task With_a_dead_warden_what_a_call_left_running_ends_and_refusals_are_not_vouched_for()
    {
        await using SandboxHost host = SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, new CgroupDirectory(), new RecordingSink(),
            TimeProvider.System);
        ISandbox sandbox = await host.CreateAsync(
            new SandboxSpec { Id = new SandboxId("e1") }, default, TestContext.Current.CancellationToken);
        await sandbox.ShellAsync(1, "setsid sleep 300 >/dev/null 2>&1 &");
        IReadOnlyList<int> pids = sandbox.ReadPids();

        using System.Diagnostics.Process warden = System.Diagnostics.Process.GetProcessById(host.Warden.Pid);
        warden.Kill();
        await Eventually.Async(() => !pids.Any(Lives), 3);

        Assert.Equal(2, pids.Count);
        Assert.DoesNotContain(pids, Lives);
        Assert.Equal(SourceState.Absent, host.Coverage.Single(source => source.Name == SourceNames.Refusal).State);
    }

    /// <summary>Dead is also who is a zombie until the machine's pid 1 has taken notice.</summary>
    private static bool Lives(int pid) => File.Exists($"/proc/{pid}/stat")
        && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static void AssertClosed(FaultRun run, Verdict verdict, string source)
    {
        Assert.Equal(VerdictState.Unknown, verdict.State);
        Assert.DoesNotContain("second b'", run.Output, StringComparison.Ordinal);
        Assert.Contains("lost ConnectionResetError", run.Output, StringComparison.Ordinal);
        Assert.NotEqual(SourceState.Full, run.Coverage(source).State);
        Assert.Contains(source, run.Warnings, StringComparison.Ordinal);
    }

    private sealed class ThrowingSink : IObservationSink
    {
        internal bool Throws { get; set; }

        public bool TryPost(string source, in Observation observation) => Throws && source == SourceNames.Process
            ? throw new InvalidOperationException("as the test wanted")
            : true;
    }
}
