using Aurelian.Events;

namespace Aurelian.Sandbox;

/// <summary>
/// A running sandbox. Everything that goes wrong inside it is data; only broken machinery throws
/// (<see cref="SandboxException"/>). Disposing kills and removes it, or recycles its slot.
/// </summary>
public interface ISandbox : IAsyncDisposable
{
    SandboxId Id { get; }

    NetworkSlot? Slot { get; }

    /// <summary>pid 1 of the sandbox, as seen from the host.</summary>
    int InitPid { get; }

    /// <summary>The absolute folder that calls start in unless they say otherwise.</summary>
    string WorkingDirectory { get; }

    /// <summary>
    /// Runs one tool call in a cgroup of its own and waits for its first process, not for what it leaves running.
    /// </summary>
    Task<ExecResult> ExecAsync(ExecRequest request, CancellationToken cancellationToken);

    /// <summary>CPU, memory and processes of a call's whole cgroup now, what it left running included.</summary>
    CallUsage ReadUsage(ToolCallId call);

    /// <summary>Every process of the sandbox, as seen from the host.</summary>
    IReadOnlyList<int> ReadPids();

    ISandboxFiles Files { get; }

    /// <summary>Freezes every process of the sandbox; returns when the kernel reports it frozen.</summary>
    ValueTask FreezeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Freezes what is suspected of nothing, so that what it left can be read; only its end comes after. What ended so
    /// may be recycled, what was frozen by <see cref="FreezeAsync"/> never.
    /// </summary>
    ValueTask StandStillAsync(CancellationToken cancellationToken);

    ValueTask ThawAsync(CancellationToken cancellationToken);

    /// <summary>Kills every process of the sandbox; its files stay readable until it is disposed.</summary>
    ValueTask KillAsync(CancellationToken cancellationToken);
}

/// <param name="Pids">Processes alive in the call's cgroup, as seen from the host.</param>
public sealed record CallUsage(double CpuSeconds, long? MemoryBytes, IReadOnlyList<int> Pids);
