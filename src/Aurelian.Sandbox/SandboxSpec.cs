using Aurelian.Events;

namespace Aurelian.Sandbox;

/// <summary>What a sandbox is made of.</summary>
public sealed record SandboxSpec
{
    public required SandboxId Id { get; init; }

    /// <summary>Null: no network at all, not even a slot.</summary>
    public NetworkSlot? Slot { get; init; }

    public ResourceLimits Limits { get; init; } = new();

    public string WorkingDirectory { get; init; } = "/workspace";

    /// <summary>Added to the fixed environment (PATH, HOME, USER, LANG, TERM).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
