namespace Aurelian.Sandbox;

/// <summary>How many sandboxes are kept ready, and what they are like.</summary>
public sealed record SandboxPoolConfig
{
    /// <summary>Ready at once; each holds a pid 1, its mounts and a slot, about a megabyte in all.</summary>
    public required int Size { get; init; }

    /// <summary>How many are made ahead in all: a run that knows its episodes leaves none over. Null: no end.</summary>
    public int? AheadMax { get; init; }

    /// <summary>Their wall time begins when they are handed out.</summary>
    public ResourceLimits Limits { get; init; } = new();

    /// <summary>
    /// Sandboxes that come back leave their cgroups and their slot to the next one, which the warden builds in them.
    /// Everything that an agent could have touched is new all the same. With runc only: what another runtime makes
    /// (a virtual machine, a kernel of its own), the warden cannot.
    /// </summary>
    public bool Recycles { get; init; }

    /// <summary>
    /// Where their network slots come from; a sandbox that comes back brings its slot. Null: no network.
    /// </summary>
    public NetworkSlotPool? Slots { get; init; }
}
