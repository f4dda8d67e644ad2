using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// The policy file's <c>[sandbox]</c>: what every sandbox of a run is made of. Null: the built-in value.
/// </summary>
public sealed record SandboxSettings
{
    public string? Root { get; init; }

    public RuntimeConfig Runtime { get; init; } = RuntimeConfig.Runc;

    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>Whether an ended sandbox's cgroups and slot serve the next one; all else is made anew.</summary>
    public bool? Recycle { get; init; }

    public double? Cpus { get; init; }

    public long? MemoryBytes { get; init; }

    public int? Processes { get; init; }

    public long? DiskBytes { get; init; }
}
