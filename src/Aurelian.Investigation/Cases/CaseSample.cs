namespace Aurelian.Investigation.Cases;

/// <summary>One sample of load, on the traces' clock.</summary>
public sealed record CaseSample
{
    /// <summary>Unix seconds.</summary>
    public required double Time { get; init; }

    /// <summary>An episode's id, a sandbox's address, or a host's name.</summary>
    public required string Subject { get; init; }

    /// <summary>Cores in use.</summary>
    public double? Cores { get; init; }

    /// <summary>The share of a GPU in use, 0 to 1.</summary>
    public double? Gpu { get; init; }

    internal double? Of(LoadKind kind) => kind == LoadKind.Cores ? Cores : Gpu;
}

/// <summary>What a sample counts.</summary>
public enum LoadKind
{
    Cores,
    Gpu,
}
