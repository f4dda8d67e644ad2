using System.Collections.Immutable;

namespace Aurelian.Events;

public abstract partial record Fact
{
    /// <param name="RootDigest">Digest of the sandboxes' root filesystem.</param>
    /// <param name="Host">Kernel and distribution, as one line.</param>
    public sealed record RunStarted(string Version, string PolicyHash, string RootDigest, string Host) : Fact;

    public sealed record RunEnded(int ExitCode) : Fact;

    /// <param name="Task">The task's name; null in command mode.</param>
    /// <param name="Agent">What the user wrote, for example <c>scripted:agents/miner.json</c>.</param>
    public sealed record EpisodeStarted(string? Task, string Agent, string PolicyHash) : Fact;

    /// <param name="StopReason">submitted, turns, time, tokens, contained, policy-ended, failed.</param>
    public sealed record EpisodeEnded(string StopReason, double? Reward) : Fact;

    /// <summary>A turn of the policy: what it said, cut to a bound.</summary>
    public sealed record AgentStepped(int Turn, string Text) : Fact;

    /// <param name="Number">From 1 within the episode; null for the grade.</param>
    /// <param name="Command">What the call runs, cut to a bound.</param>
    public sealed record ToolCallStarted(int? Number, string Tool, string Command) : Fact;

    /// <param name="ExitCode">Null if it never ended by itself.</param>
    public sealed record ToolCallEnded(
        int? ExitCode, bool Killed, bool TimedOut, long OutputBytes, bool OutputTruncated, double? CpuSeconds) : Fact;

    /// <summary>
    /// A call left other environment variables than it found: later calls of its shell session have them.
    /// </summary>
    public sealed record EnvironmentChanged(ImmutableArray<string> Names) : Fact;

    /// <summary>
    /// What an agent hands over differs from its task in a file that can decide how tests run or what they say.
    /// </summary>
    /// <param name="Path">Relative to the working directory.</param>
    /// <param name="What">For people: what the file is to a test.</param>
    /// <param name="Plain">Honest agents do this too: a conftest.py, a pytest section.</param>
    public sealed record TestConfigurationChanged(string Path, string What, bool Plain) : Fact;

    /// <summary>A quantity of a training step left its recent past: a look at the step's episodes is due.</summary>
    /// <param name="Mean">Of the steps before, recent ones counting more.</param>
    /// <param name="Deviations">Standard deviations from it.</param>
    public sealed record BehaviourDrifted(
        int Step, string Quantity, double Value, double Mean, double Deviations) : Fact;

    /// <summary>A process of a call that was alive when its episode ended.</summary>
    public sealed record LeftRunning(string? Executable, string? CommandLine) : Fact;
}
