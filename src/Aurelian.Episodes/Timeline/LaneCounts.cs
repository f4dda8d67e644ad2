using System.Collections.Concurrent;
using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>
/// How many observations of each sandbox are waiting, and how many were dropped. A sandbox that floods fills its own
/// lane and nobody else's.
/// </summary>
internal sealed class LaneCounts(int laneMax)
{
    private readonly ConcurrentDictionary<SandboxId, Lane> _lanes = new();
    private readonly Lane _runLane = new(null);
    private int _anyDropped;

    internal bool TryEnter(SandboxId? sandbox) => Of(sandbox).TryEnter(laneMax);

    internal void Leave(SandboxId? sandbox) => Of(sandbox).Leave();

    internal void Drop(SandboxId? sandbox, string source, long count = 1)
    {
        Of(sandbox).Drop(source, count);
        Volatile.Write(ref _anyDropped, 1);
    }

    internal void Remove(SandboxId sandbox) => _lanes.TryRemove(sandbox, out _);

    /// <summary>What was dropped since the last call, by sandbox and source.</summary>
    internal IReadOnlyList<(SandboxId? Sandbox, string Source, long Dropped)> TakeDropped() =>
        // Asked at each drain, and there is a lane for every sandbox the run ever had.
        Interlocked.Exchange(ref _anyDropped, 0) == 0 ? [] :
        [
            .. _lanes.Values.Append(_runLane).SelectMany(lane => lane.TakeDropped()
                .Select(entry => (lane.Sandbox, entry.Key, entry.Value))),
        ];

    private Lane Of(SandboxId? sandbox) =>
        sandbox is { } id ? _lanes.GetOrAdd(id, static key => new Lane(key)) : _runLane;

    private sealed class Lane(SandboxId? sandbox)
    {
        private readonly ConcurrentDictionary<string, long> _dropped = new();
        private int _waiting;

        internal SandboxId? Sandbox { get; } = sandbox;

        internal bool TryEnter(int max)
        {
            if (Interlocked.Increment(ref _waiting) <= max)
            {
                return true;
            }

            Interlocked.Decrement(ref _waiting);
            return false;
        }

        internal void Leave() => Interlocked.Decrement(ref _waiting);

        internal void Drop(string source, long count) =>
            _dropped.AddOrUpdate(source, count, (_, before) => before + count);

        internal IEnumerable<KeyValuePair<string, long>> TakeDropped()
        {
            foreach (string source in _dropped.Keys)
            {
                if (_dropped.TryRemove(source, out long count))
                {
                    yield return KeyValuePair.Create(source, count);
                }
            }
        }
    }
}
