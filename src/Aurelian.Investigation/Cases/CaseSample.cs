namespace Aurelian.Investigation.Cases;

/// <summary>One sample of load, on the traces' clock.</summary>
public sealed record CaseSample
{
    /// <summary>Unix seconds.</summary>
    public required double Time { get; init; }

    /// <summary>An episode's id, a sandbox's address, or a host's name.</summary>
    public required string Subject { get; init; }

    /// <summary>Cores in use.</summary>
    public required double Cpu { get; init; }
}
