namespace Aurelian.Sandbox;

/// <summary>What came of one tool call.</summary>
/// <param name="ExitCode">128 + signal is never made up: null if it never ended by itself.</param>
/// <param name="Killed">Ended by a signal of ours: containment, timeout or the end of the sandbox.</param>
/// <param name="OutputBytes">Both streams' true length; more than what is kept when truncated.</param>
public sealed record ExecResult(
    int? ExitCode, int? Signal, bool Killed, bool TimedOut, ReadOnlyMemory<byte> Output, ReadOnlyMemory<byte> Error,
    long OutputBytes, bool Truncated, DateTimeOffset StartedAt, DateTimeOffset EndedAt, double CpuSeconds)
{
    private const int CannotExecute = 126; // as shells say it

    /// <summary>A call that got no process because of what was asked for.</summary>
    internal static ExecResult NotStarted(string why, DateTimeOffset at) => new(
        CannotExecute, null, false, false, default, System.Text.Encoding.UTF8.GetBytes(why), why.Length, false, at, at,
        0);
}
