using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>
/// Stands where the kernel sensor cannot be started: nothing of processes is seen, and every verdict says so (unknown).
/// The firewall allows nothing then, and its records of what was tried remain.
/// </summary>
internal sealed class MissingSensor(string problem, SourceState state = SourceState.Absent) : IEventSource
{
    public IReadOnlyList<SourceCoverage> Coverage =>
        [new SourceCoverage(SourceNames.Process, state, problem, 0, 0, 0, 0)];

    public ValueTask<long> DrainAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(MonotonicClock.NowNs);
}
