namespace Aurelian.Cli.Commands;

/// <summary>
/// Keeps what a replay takes near what it holds. The tables are bounded, but what passes through them lives long enough
/// to reach the collector's last generation, which may grow by as much again before it is looked at.
/// </summary>
internal sealed class ReplayMemory
{
    private const int EventsBetween = 1024;
    private const long QuietBytes = 120L << 20, RoomBytes = 32L << 20;

    private long _nextBytes = QuietBytes;
    private int _events;

    /// <summary>Called at every event.</summary>
    internal void Watch()
    {
        if (++_events % EventsBetween == 0 && GC.GetTotalMemory(forceFullCollection: false) > _nextBytes)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            // Where more than that is held, collecting oftener would free no more.
            _nextBytes = Math.Max(QuietBytes, GC.GetTotalMemory(forceFullCollection: false) + RoomBytes);
        }
    }
}
