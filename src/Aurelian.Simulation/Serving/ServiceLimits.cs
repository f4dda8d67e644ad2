namespace Aurelian.Simulation;

/// <summary>What one service of the simulated internet grants its clients; beyond it connections end.</summary>
public sealed record ServiceLimits
{
    /// <summary>Connections alive at once, per service.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>Bytes a client may send on one connection: far more than any honest or stand-in dialogue.</summary>
    public long BytesMax { get; init; } = 16L << 20;

    /// <summary>How long one connection may live.</summary>
    public TimeSpan LifetimeMax { get; init; } = TimeSpan.FromMinutes(30);

    internal IEnumerable<string> Mistakes()
    {
        if (ConnectionsMax < 1)
        {
            yield return $"{nameof(ConnectionsMax)} must be at least 1";
        }

        if (BytesMax < 1)
        {
            yield return $"{nameof(BytesMax)} must be at least 1";
        }

        if (LifetimeMax <= TimeSpan.Zero)
        {
            yield return $"{nameof(LifetimeMax)} must be more than nothing";
        }
    }
}
