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

        PriorityQueue<Reading, (long Ns, long Record, long Arrival)> waiting = new();
        long latenessNs = lateness.Ticks * TimeSpan.NanosecondsPerTick;
        long newest = long.MinValue, passed = long.MinValue, arrival = 0;
        foreach (Reading reading in readings)
        {
            long ns = reading.Observation.MonotonicNs;
            report.Late += ns < passed ? 1 : 0;
            newest = Math.Max(newest, ns);
            waiting.Enqueue(reading, (ns, reading.Record, arrival++));
            while (waiting.TryPeek(out Reading first, out (long Ns, long, long) place)
                && (place.Ns <= newest - latenessNs || waiting.Count > waitingMax))
            {
                waiting.Dequeue();
                passed = Math.Max(passed, place.Ns);
                yield return first;
            }
        }

        while (waiting.TryDequeue(out Reading rest, out _))
        {
            yield return rest;
        }
    }
}
