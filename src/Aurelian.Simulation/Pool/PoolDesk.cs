using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>What the pool's sessions share: difficulty, jobs by number, the clock and the ledger.</summary>
internal sealed class PoolDesk(SimulationConfig config, TimeProvider time)
{
    /// <summary>Shares of one session before it gets a new job: often enough that a dialogue shows one.</summary>
    public const int SharesPerJob = 16;

    /// <summary>Shares remembered per job to refuse doubles.</summary>
    public const int DoublesMax = 4096;

    private long _sessions;

    public ShareLedger Ledger { get; } = new();

    public uint Difficulty => config.ShareDifficulty;

    public DateTimeOffset Now => time.GetUtcNow();

    public long NextSession() => Interlocked.Increment(ref _sessions);

    public byte[] Derive(string label, long number) => ToyWork.Derive(config.Seed, label, number);

    public void Record(string worker, Endpoint client, bool accepted) =>
        Ledger.Record(worker, client, accepted, Now);
}
