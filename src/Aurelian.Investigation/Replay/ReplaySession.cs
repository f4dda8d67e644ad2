using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.Investigation;

/// <summary>
/// Feeds files to the same detectors that watch a live run: one sequence of events, by (time, file, line), with the
/// ticks between them.
/// </summary>
/// <remarks>
/// Findings come as they are completed. When the token is cancelled, what was found until then stays found and the
/// session says that it is partial.
/// </remarks>
public sealed class ReplaySession : IDisposable
{
    private readonly List<SourceFile> _sources = [];
    private readonly Dictionary<SourceFile, long> _findings = [];
    private readonly EventBook _book = new();
    private readonly FlowRecords _flows = new();
    private readonly DetectorSet _detectors;
    private readonly List<Finding> _completed = [];
    private bool _interrupted;

    private ReplaySession(DetectorSet detectors) => _detectors = detectors;

    public bool Partial => _interrupted || _sources.Any(source => source.Report.Partial);

    /// <summary>What the detectors' bounded tables have forgotten of it.</summary>
    public long Forgotten => _detectors.Forgotten;

    /// <summary>The files, in the order given, as far as they were read.</summary>
    public IEnumerable<ReplayFile> Files => _sources.Select(source => new ReplayFile(
        source.Path, source.Reader.Kind, source.Report.Records, source.Report.Unreadable,
        _findings.GetValueOrDefault(source), source.Report.Late, source.Report.Evicted, source.Report.NaiveTimes,
        source.Report.Partial, source.Report.Notes));

    /// <exception cref="IOException">A file is not there or may not be read; nothing was read yet.</exception>
    public static ReplaySession Open(IEnumerable<string> paths, DetectorSet detectors)
    {
        ReplaySession session = new(detectors);
        try
        {
            foreach (string path in paths)
            {
                session._sources.Add(SourceFile.Open(path, session._sources.Count + 1));
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }

        return session;
    }

    /// <summary>Reads everything, once.</summary>
    /// <param name="watch">Sees every event right after the detectors, with its place in its file; null at a made
    /// tick.</param>
    public IEnumerable<ReplayFinding> Read(
        CancellationToken cancellationToken, Action<Event, SourceFile?, long>? watch = null)
    {
        TickClock clock = new(made: !_sources.All(source => source.Reader.HasTicks));
        long seq = 0;
        using IEnumerator<(SourceFile Source, Reading Reading)> readings =
            MergedSources.Read(_sources, cancellationToken).GetEnumerator();
        while (TryNext(readings))
        {
            (SourceFile source, Reading reading) = readings.Current;
            foreach (long tickNs in clock.Before(reading.Observation))
            {
                Observe(++seq, new Observation(tickNs, default, TickClock.Fact), source, null, watch);
                foreach (ReplayFinding finding in Told(source))
                {
                    yield return finding;
                }
            }

            Observe(++seq, reading.Observation, source, reading.Record, watch);
            foreach (ReplayFinding finding in Told(source))
            {
                yield return finding;
            }
        }

        if (_sources.Count == 0 || seq == 0)
        {
            yield break;
        }

        // What waits for time to pass, as a command without a connection does, is not lost at a file's end.
        foreach (long tickNs in clock.AtEnd())
        {
            Observe(++seq, new Observation(tickNs, default, TickClock.Fact), _sources[^1], null, watch);
            foreach (ReplayFinding finding in Told(_sources[^1]))
            {
                yield return finding;
            }
        }
    }

    public void Dispose() => _sources.ForEach(source => source.Dispose());

    private bool TryNext(IEnumerator<(SourceFile, Reading)> readings)
    {
        try
        {
            return readings.MoveNext();
        }
        catch (OperationCanceledException)
        {
            _interrupted = true;
            return false;
        }
    }

    private void Observe(
        long seq, in Observation observation, SourceFile source, long? record,
        Action<Event, SourceFile?, long>? watch)
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(
            observation.MonotonicNs / TimeSpan.NanosecondsPerTick);
        Event occurred = new(seq, time, observation.MonotonicNs, observation.Subject, observation.Fact);
        if (record is { } number)
        {
            _book.Add(occurred, source, number);
            _flows.Observe(occurred.Fact, number);
        }

        _detectors.Observe(occurred, _completed);
        watch?.Invoke(occurred, record is null ? null : source, record ?? 0);
    }

    private ReplayFinding[] Told(SourceFile current) => _completed.Count == 0 ? [] : TellAll(current);

    /// <summary>Apart, as its closure would be made anew for every event that completes nothing.</summary>
    private ReplayFinding[] TellAll(SourceFile current)
    {
        ReplayFinding[] told = [.. _completed.Select(finding => Tell(finding, current))];
        _completed.Clear();
        return told;
    }

    private ReplayFinding Tell(Finding finding, SourceFile current)
    {
        EventBook.Entry[] evidence = [.. finding.Evidence.Select(_book.Find).OfType<EventBook.Entry>()];
        SourceFile source = evidence.Length > 0 ? evidence[^1].Source : current;
        _findings[source] = _findings.GetValueOrDefault(source) + 1;
        DateTimeOffset last = DateTimeOffset.UnixEpoch.AddTicks(finding.CompletedAtNs / TimeSpan.NanosecondsPerTick);
        DateTimeOffset first = evidence.Select(entry => entry.Time).Append(last).Min();
        ReplayFlow? flow = finding.Flow is { } id ? _flows.Find(id)
            : evidence.Select(_flows.Of).LastOrDefault(each => each is not null);
        long[] records = [.. evidence.Where(entry => entry.Source == source).Select(entry => entry.Record)];
        long? opened = finding.Flow is not null && flow?.FirstRecord is { } at && records.Length > 0 ? at : null;
        return new ReplayFinding
        {
            File = source.Path,
            Finding = finding,
            Time = first,
            LastTime = evidence.Select(entry => entry.Time).Append(last).Max(),
            Flow = flow,
            Records = records.Length == 0 ? null : (Math.Min(records.Min(), opened ?? long.MaxValue), records.Max()),
            Evidence = [.. finding.Evidence.Select(seq => _book.Find(seq) is { } entry
                ? new ReplayEvidence(seq, entry.Source.Path, entry.Record, entry.Time, entry.Kind.Name)
                : new ReplayEvidence(seq, null, null, null, null))],
        };
    }
}
