using System.Collections.Concurrent;
using System.Text;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Sandbox;

/// <summary>One host of sandboxes for a class of tests, and what its sensors posted.</summary>
public sealed class SandboxFixture : IAsyncDisposable
{
    private int _made;

    public SandboxFixture()
    {
        Sink = new RecordingSink();
        Directory = new CgroupDirectory();
        Host = SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, Directory, Sink, TimeProvider.System);
    }

    public RecordingSink Sink { get; }

    public CgroupDirectory Directory { get; }

    public SandboxHost Host { get; }

    public Task<ISandbox> CreateAsync(ResourceLimits? limits = null, NetworkSlot? slot = null)
    {
        SandboxId id = new($"e{Interlocked.Increment(ref _made)}");
        return Host.CreateAsync(
            new SandboxSpec { Id = id, Limits = limits ?? new ResourceLimits(), Slot = slot },
            new Subject(Episode: new EpisodeId(id.Value)), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

public sealed class RecordingSink : IObservationSink
{
    public ConcurrentQueue<Observation> Observations { get; } = new();

    public bool TryPost(string source, in Observation observation)
    {
        Observations.Enqueue(observation);
        return true;
    }

    public IEnumerable<(Subject Subject, TFact Fact)> Of<TFact>() where TFact : Fact => Observations
        .Where(observation => observation.Fact is TFact)
        .Select(observation => (observation.Subject, (TFact)observation.Fact));
}

internal static class SandboxCalls
{
    /// <summary>Runs a shell command as the sandbox's next numbered call.</summary>
    internal static Task<ExecResult> ShellAsync(
        this ISandbox sandbox, int number, string command, double seconds = 20) =>
        sandbox.ExecAsync(
            new ExecRequest
            {
                Call = ToolCallId.Numbered(new EpisodeId(sandbox.Id.Value), number),
                Arguments = ["bash", "-c", command],
                Timeout = TimeSpan.FromSeconds(seconds),
            },
            TestContext.Current.CancellationToken);

    internal static string Text(this ExecResult result) => Encoding.UTF8.GetString(result.Output.Span);

    internal static string ErrorText(this ExecResult result) => Encoding.UTF8.GetString(result.Error.Span);
}
