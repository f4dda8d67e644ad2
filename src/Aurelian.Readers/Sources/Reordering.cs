namespace Aurelian.Readers;

/// <summary>
/// Puts one file's observations into the order of their stamps, as far as the format's lateness allows. What comes
/// later still is taken as it comes, and counted.
/// </summary>
internal static class Reordering
{
    /// <summary>Waiting at most, of all files that are read together: about 20 MB.</summary>
    internal const int WaitingMax = 1 << 16;

    internal static IEnumerable<Reading> Order(
        IEnumerable<Reading> readings, TimeSpan lateness, ReadReport report, int waitingMax = WaitingMax)
    {
        if (lateness == TimeSpan.Zero)
        {
            foreach (Reading reading in readings)
            {
                yield return reading;
            }

            yield break;
        }

        Waiting waiting = new();
        long latenessNs = lateness.Ticks * TimeSpan.NanosecondsPerTick;
        long newest = long.MinValue, passed = long.MinValue;
        foreach (Reading reading in readings)
        {
            long ns = reading.Observation.MonotonicNs;
            report.Late += ns < passed ? 1 : 0;
            newest = Math.Max(newest, ns);
            waiting.Add(reading);
            while (waiting.Count > 0
                && (waiting.FirstNs <= newest - latenessNs || waiting.Count > waitingMax))
            {
                passed = Math.Max(passed, waiting.FirstNs);
                yield return waiting.Take();
            }
        }

        while (waiting.Count > 0)
        {
            yield return waiting.Take();
        }
    }

    /// <summary>
    /// By (stamp, record, arrival). Nearly all come in that order and wait in a line; only the others need a heap.
    /// </summary>
    private sealed class Waiting
    {
        private readonly Queue<(Reading Reading, long Arrival)> _line = new();
        private readonly PriorityQueue<Reading, (long Ns, long Record, long Arrival)> _others = new();
        private (long Ns, long Record) _newest = (long.MinValue, long.MinValue);
        private long _arrival;

        internal int Count => _line.Count + _others.Count;

        internal long FirstNs => IsLineFirst(out (long Ns, long, long) place) ? place.Ns : _others.TryPeek(
            out _, out place) ? place.Ns : long.MaxValue;

        internal void Add(in Reading reading)
        {
            (long Ns, long Record) place = (reading.Observation.MonotonicNs, reading.Record);
            if (_line.Count == 0 || place.CompareTo(_newest) >= 0)
            {
                _newest = place;
                _line.Enqueue((reading, _arrival++));
            }
            else
            {
                _others.Enqueue(reading, (place.Ns, place.Record, _arrival++));
            }
        }

        internal Reading Take() => IsLineFirst(out _) ? _line.Dequeue().Reading : _others.Dequeue();

        private bool IsLineFirst(out (long Ns, long Record, long Arrival) place)
        {
            if (!_line.TryPeek(out (Reading Reading, long Arrival) first))
            {
                place = default;
                return false;
            }

            place = (first.Reading.Observation.MonotonicNs, first.Reading.Record, first.Arrival);
            return !_others.TryPeek(out _, out (long, long, long) other) || place.CompareTo(other) < 0;
        }
    }
}
