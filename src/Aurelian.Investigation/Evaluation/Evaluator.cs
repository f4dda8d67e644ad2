using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.Investigation;

/// <summary>Replays each labelled file alone, with fresh detectors, and compares.</summary>
public static class Evaluator
{
    public static FileOutcome Run(LabelledFile file, CancellationToken cancellationToken)
    {
        using ReplaySession session = ReplaySession.Open(
            file.Path is { } path ? SourceFile.Expand(path) : [], DetectorSet.Standard());
        Progress progress = new();
        List<ReplayFinding> findings = [];
        ReplayFinding? met = null;
        TimeSpan? time = null;
        foreach (ReplayFinding found in session.Read(cancellationToken, progress.Observe))
        {
            findings.Add(found);
            if (met is null && found.Finding.Severity >= Severity.Medium
                && file.MetBy.Contains(found.Finding.Category))
            {
                met = found;
                time = progress.Until(found);
            }
        }

        return new FileOutcome
        {
            File = file,
            Met = met,
            TimeToDetect = time,
            BytesLetThrough = met is null ? null : progress.BytesLetThrough,
            FalseAlarms = [.. findings.Where(found => found.Finding.Severity >= Severity.High
                && !file.MetBy.Contains(found.Finding.Category))],
            Suspicions = file.IsHonest ? findings.Count(found => found.Finding.Severity == Severity.Medium) : 0,
            Scores = findings.GroupBy(found => found.Finding.Category).ToDictionary(
                group => group.Key, group => group.Max(found => Score(found.Finding))),
            Partial = session.Partial,
        };
    }

    /// <summary>Severity first, confidence within it.</summary>
    internal static double Score(Finding finding) =>
        ((int)finding.Severity + finding.Confidence) / ((int)Severity.Critical + 1);

    /// <summary>What had happened in the file when a finding came.</summary>
    private sealed class Progress
    {
        private const int FlowsMax = 65_536;

        private readonly Dictionary<FlowId, (DateTimeOffset Opened, long Bytes)> _flows = [];
        private DateTimeOffset? _first;
        private long _bytes;
        private FlowId? _awaited;

        /// <summary>Of the flow that was asked for, up to its next measurement.</summary>
        internal long BytesLetThrough { get; private set; }

        internal void Observe(Event occurred, SourceFile? source, long record)
        {
            _first ??= occurred.Time;
            switch (occurred.Fact)
            {
                case Fact.FlowOpened opened when _flows.Count < FlowsMax:
                    _flows.TryAdd(opened.Flow, (occurred.Time, 0));
                    break;
                case Fact.FlowMeasured measured:
                    _bytes += measured.Out.Bytes;
                    if (_flows.TryGetValue(measured.Flow, out (DateTimeOffset Opened, long Bytes) flow))
                    {
                        _flows[measured.Flow] = flow with { Bytes = flow.Bytes + measured.Out.Bytes };
                    }

                    if (measured.Flow == _awaited)
                    {
                        BytesLetThrough += measured.Out.Bytes;
                        _awaited = null;
                    }

                    break;
            }
        }

        internal TimeSpan Until(ReplayFinding found)
        {
            _awaited = found.Finding.Flow;
            (DateTimeOffset since, BytesLetThrough) = _awaited is { } id && _flows.TryGetValue(id, out var flow)
                ? flow : (_first ?? found.LastTime, _bytes);
            return found.LastTime > since ? found.LastTime - since : TimeSpan.Zero;
        }
    }
}
