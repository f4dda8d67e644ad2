using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Sandbox;
using Aurelian.Sensors;

namespace Aurelian.LinuxTests.Sensors;

/// <summary>What is seen of processes where eBPF is missing.</summary>
public sealed class ProcessConnectorTests : IAsyncLifetime
{
    private readonly SandboxFixture _fixture = new();
    private readonly ProcessConnector _connector;
    private ISandbox _sandbox = null!;

    public ProcessConnectorTests() => _connector = ProcessConnector.Start(
        new ProcessCalls(_fixture.Host.Cgroup2Root, _fixture.Directory, null), _fixture.Sink);

    public async ValueTask InitializeAsync() => _sandbox = await _fixture.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _connector.Dispose();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Births_execs_and_ends_are_told_under_their_call_and_nobody_else_s_are()
    {
        using System.Diagnostics.Process other = System.Diagnostics.Process.Start("/bin/true");
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _sandbox.ShellAsync(1, "(setsid bash -c 'exec -a innocent sleep 0.4' &); sleep 0.2");
        await _sandbox.ShellAsync(2, "sleep 0.3");
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(5));
        await _connector.DrainAsync(deadline.Token);

        (Subject subject, Fact.ProcessExecuted executed) = _fixture.Sink.Of<Fact.ProcessExecuted>()
            .Single(entry => entry.Fact.Arguments.SequenceEqual(["innocent", "0.4"]));
        Assert.Equal(("/usr/bin/sleep", "/workspace", "e1.c1"),
            (executed.Executable, executed.Folder, subject.Call?.Value));
        Assert.Contains(_fixture.Sink.Of<Fact.ProcessForked>(), entry => entry.Subject.Pid == subject.Pid);
        Assert.Contains(_fixture.Sink.Of<Fact.ProcessExited>(), entry =>
            entry.Subject.Pid == subject.Pid && entry.Subject.Call?.Value == "e1.c1");
        Assert.DoesNotContain(_fixture.Sink.Of<Fact.ProcessExecuted>(), entry => entry.Subject.Pid == other.Id);
    }

    [Fact]
    public void Its_coverage_is_partial_and_says_what_is_missing()
    {
        SourceCoverage coverage = Assert.Single(_connector.Coverage);
        Assert.Equal((SourceNames.Process, SourceState.Partial), (coverage.Name, coverage.State));
        Assert.Contains("no connects", coverage.How, StringComparison.Ordinal);
    }
}
