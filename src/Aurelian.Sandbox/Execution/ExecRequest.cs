using Aurelian.Events;

namespace Aurelian.Sandbox;

/// <summary>
/// Which of the sandbox's users a call runs as. The grader owns the reward file; the agent cannot write it.
/// </summary>
public enum SandboxUser
{
    Agent,
    Grader,
}

/// <summary>One tool call: the unit of attribution.</summary>
public sealed record ExecRequest
{
    /// <summary>Names the call's cgroup; used once in a sandbox's life.</summary>
    public required ToolCallId Call { get; init; }

    /// <summary>argv, passed unchanged; the first is found on the sandbox's fixed PATH.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Read while the call runs, instead of <see cref="Input"/>; null: nothing but that.</summary>
    public Stream? InputStream { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// Bytes kept of standard output and of standard error, each; beyond it the rest is read, counted and dropped.
    /// </summary>
    public int OutputBytesMax { get; init; } = 1 << 20;

    public SandboxUser User { get; init; } = SandboxUser.Agent;

    /// <summary>Null: the sandbox's working directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Added to the sandbox's fixed environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Called with pieces of output as they come, from one thread at a time. May be null.</summary>
    public Action<OutputPiece>? OnOutput { get; init; }

    /// <summary>
    /// Called once, when the call's first process exists (its pid as seen from the host). May be null.
    /// </summary>
    public Action<int>? OnStarted { get; init; }
}

public readonly record struct OutputPiece(bool IsError, ReadOnlyMemory<byte> Bytes);
