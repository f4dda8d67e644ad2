namespace Aurelian.Readers;

/// <summary>Several files as one stream, by (time, file, line): files of one scene are read as one scene.</summary>
/// <remarks>
/// A few files are opened together. Of many each is opened when its time comes, so that a folder of captures takes the
/// memory of those that overlap.
/// </remarks>
public static class MergedSources
{
    private const int TogetherMax = 8;

    public static IEnumerable<(SourceFile Source, Reading Reading)> Read(
        IReadOnlyList<SourceFile> sources, CancellationToken cancellationToken)
    {
        PriorityQueue<Lane, (long Ns, int Source)> lanes = new();
        Queue<(SourceFile Source, long Ns)> closed = new(ByBeginning(sources));
        int together = Math.Clamp(sources.Count, 1, TogetherMax);
        int waitingMax = Math.Max(1024, Reordering.WaitingMax / together);
        long bytesMax = Reordering.WaitingBytesMax / together;
        try
        {
            while (lanes.Count > 0 || closed.Count > 0)
            {
                while (closed.TryPeek(out (SourceFile Source, long Ns) next)
                    && (lanes.Count == 0 || !lanes.TryPeek(out _, out (long Ns, int) at) || at.Ns >= next.Ns))
                {
                    closed.Dequeue();
                    IEnumerable<Reading> ordered = Reordering.Order(
                        next.Source.Read(cancellationToken), next.Source.Reader.Lateness, next.Source.Report,
                        waitingMax, bytesMax);
                    Advance(new Lane(next.Source, ordered.GetEnumerator()), lanes);
                }

                if (lanes.TryDequeue(out Lane? first, out _))
                {
                    // Alone it has nobody to take turns with.
                    bool alone = lanes.Count == 0 && closed.Count == 0;
                    do
                    {
                        yield return (first.Source, first.Readings.Current);
                    }
                    while (alone && first.Readings.MoveNext());

                    if (alone)
                    {
                        first.Readings.Dispose();
                    }
                    else
                    {
                        Advance(first, lanes);
                    }
                }
            }
        }
        finally
        {
            while (lanes.TryDequeue(out Lane? left, out _))
            {
                left.Readings.Dispose();
            }
        }
    }

    /// <summary>
    /// When each is to be opened: its first stamp less its lateness, as a later line may have an earlier one.
    /// </summary>
    private static IEnumerable<(SourceFile Source, long Ns)> ByBeginning(IReadOnlyList<SourceFile> sources) =>
        sources.Count <= TogetherMax
            ? sources.Select(source => (source, long.MinValue))
            : sources.Select(source => (Source: source, Ns: source.FirstNs() is { } ns
                ? ns - (source.Reader.Lateness.Ticks * TimeSpan.NanosecondsPerTick) : long.MinValue))
                .OrderBy(each => each.Ns);

    private static void Advance(Lane lane, PriorityQueue<Lane, (long Ns, int Source)> lanes)
    {
        if (!lane.Readings.MoveNext())
        {
            lane.Readings.Dispose();
            return;
        }

        // A late observation takes the place where it stands: the others do not wait for it.
        lane.PassedNs = Math.Max(lane.PassedNs, lane.Readings.Current.Observation.MonotonicNs);
        lanes.Enqueue(lane, (lane.PassedNs, lane.Source.Report.Source));
    }

    private sealed class Lane(SourceFile source, IEnumerator<Reading> readings)
    {
        internal SourceFile Source => source;

        internal IEnumerator<Reading> Readings => readings;

        internal long PassedNs { get; set; } = long.MinValue;
    }
}
