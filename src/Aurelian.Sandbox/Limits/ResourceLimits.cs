namespace Aurelian.Sandbox;

/// <summary>Limits of one sandbox; every one is enforced or the sandbox is not created.</summary>
public sealed record ResourceLimits
{
    /// <summary>Cores that all its processes together may use.</summary>
    public double Cpus { get; init; } = 2;

    public long MemoryBytes { get; init; } = 2L << 30;

    public int Processes { get; init; } = 512;

    /// <summary>Size of the writable layer, /tmp included.</summary>
    public long DiskBytes { get; init; } = 1L << 30;

    /// <summary>The sandbox's whole life; at its end it is killed.</summary>
    public TimeSpan WallTime { get; init; } = TimeSpan.FromHours(1);
}
