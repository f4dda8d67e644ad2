using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Puts one file's observations into the order of their stamps, as far as the format's lateness allows. What comes
/// later still is taken as it comes, and counted.
/// </summary>
internal static class Reordering
{
    /// <summary>Waiting at most, of all files that are read together: about 20 MB.</summary>
    internal const int WaitingMax = 1 << 16;

    /// <summary>Where texts are long.</summary>
    internal const long WaitingBytesMax = 32L << 20;

    internal static IEnumerable<Reading> Order(
        IEnumerable<Reading> readings, TimeSpan lateness, ReadReport report, int waitingMax = WaitingMax,
        long bytesMax = WaitingBytesMax)
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
                && (waiting.FirstNs <= newest - latenessNs || waiting.Count > waitingMax
                    || waiting.Bytes > bytesMax))
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
        private readonly PriorityQueue<Reading, (long Ns, long Record, long Arrival)> _others = new();

        // A ring: an observation is large, and is copied in and out only.
        private (Reading Reading, long Arrival)[] _line = new (Reading, long)[64];
        private int _first, _length;
        private long _newestNs, _newestRecord, _arrival;

        internal int Count => _length + _others.Count;

        internal long Bytes { get; private set; }

        internal long FirstNs => IsLineFirst() ? _line[_first].Reading.Observation.MonotonicNs
            : _others.TryPeek(out _, out (long Ns, long, long) place) ? place.Ns : long.MaxValue;

        internal void Add(in Reading reading)
        {
            Bytes += FactWeight.Of(reading.Observation.Fact);
            long ns = reading.Observation.MonotonicNs;
            if (_length > 0 && (ns < _newestNs || (ns == _newestNs && reading.Record < _newestRecord)))
            {
                _others.Enqueue(reading, (ns, reading.Record, _arrival++));
                return;
            }

            (_newestNs, _newestRecord) = (ns, reading.Record);
            if (_length == _line.Length)
            {
                Grow();
            }

            ref (Reading Reading, long Arrival) last = ref _line[(_first + _length++) & (_line.Length - 1)];
            last.Reading = reading;
            last.Arrival = _arrival++;
        }

        internal Reading Take()
        {
            Reading taken;
            if (IsLineFirst())
            {
                ref (Reading Reading, long Arrival) first = ref _line[_first];
                taken = first.Reading;
                first.Reading = default;
                _first = (_first + 1) & (_line.Length - 1);
                _length--;
            }
            else
            {
                taken = _others.Dequeue();
            }

            Bytes -= FactWeight.Of(taken.Observation.Fact);
            return taken;
        }

        private bool IsLineFirst()
        {
            if (_length == 0 || !_others.TryPeek(out _, out (long, long, long) other))
            {
                return _length > 0;
            }

            ref (Reading Reading, long Arrival) first = ref _line[_first];
            return (first.Reading.Observation.MonotonicNs, first.Reading.Record, first.Arrival).CompareTo(other) < 0;
        }

        private void Grow()
        {
            (Reading, long)[] larger = new (Reading, long)[_line.Length * 2];
            _line.AsSpan(_first).CopyTo(larger);
            _line.AsSpan(0, _first).CopyTo(larger.AsSpan(_line.Length - _first));
            (_line, _first) = (larger, 0);
        }
    }
}
