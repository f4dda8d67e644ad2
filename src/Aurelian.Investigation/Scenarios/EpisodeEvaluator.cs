using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>What a live episode's timeline says of its scenario.</summary>
public static class EpisodeEvaluator
{
    /// <param name="events">The episode's own, in order, findings included.</param>
    public static FileOutcome Run(Scenario scenario, IReadOnlyList<Event> events, string timeline)
    {
        Finding[] findings = [.. events.Select(each => each.Fact).OfType<Fact.Found>().Select(found => found.Finding)];
        Finding? met = findings.FirstOrDefault(found => found.Severity >= Severity.Medium
            && scenario.MetBy.Contains(found.Category));
        // One cause grows: the first finding may be low and its successor of the expected severity.
        Finding? grave = findings.FirstOrDefault(found => found.Severity >= scenario.Severity
            && scenario.MetBy.Contains(found.Category));
        Finding? told = grave ?? met;
        return new FileOutcome
        {
            File = new LabelledFile(scenario.Name, timeline, scenario.Label, scenario.What, scenario.MetBy),
            Met = told is null ? null : Place(told, events, timeline),
            TimeToDetect = told is null ? null : Time(told, events),
            BytesLetThrough = told is null ? null : Bytes(told, events),
            FalseAlarms = [.. findings.Where(found => found.Severity >= Severity.High
                && !scenario.MetBy.Contains(found.Category)).Select(found => Place(found, events, timeline))],
            Suspicions = scenario.IsHonest ? findings.Count(found => found.Severity == Severity.Medium) : 0,
            Scores = findings.GroupBy(found => found.Category).ToDictionary(
                group => group.Key, group => group.Max(Evaluator.Score)),
            Partial = false,
            Attributed = told is null ? null : told.Subject.Call?.Number == scenario.Call,
            Shortfall = Shortfall(scenario, findings, told),
        };
    }

    private static string? Shortfall(Scenario scenario, Finding[] findings, Finding? told) => scenario.IsHonest
        ? findings.FirstOrDefault(found => found.Severity > scenario.Severity) is { } high
            ? $"{high.Rule} is {high.Severity}: {high.Explanation}" : null
        : told is null ? "nothing of it was found"
        : told.Severity < scenario.Severity ? $"{told.Rule} is {told.Severity}, {scenario.Severity} was expected"
        : told.Subject.Call?.Number != scenario.Call
            ? $"{told.Rule} is laid at {told.Subject.Call?.ToString() ?? "nobody"}, not at call {scenario.Call}" : null;

    private static ReplayFinding Place(Finding finding, IReadOnlyList<Event> events, string timeline)
    {
        DateTimeOffset last = At(finding.CompletedAtNs, events);
        return new ReplayFinding
        {
            File = timeline,
            Finding = finding,
            Time = last,
            LastTime = last,
            Flow = null,
            Records = null,
            Evidence = [.. finding.Evidence.Select(seq => new ReplayEvidence(seq, null, null, null, null))],
        };
    }

    private static DateTimeOffset At(long ns, IReadOnlyList<Event> events) =>
        events.Count == 0 ? default : events[0].Time.AddTicks((ns - events[0].MonotonicNs) / 100);

    /// <summary>From the flow's first packet, or where none is named from the call's beginning.</summary>
    private static TimeSpan Time(Finding told, IReadOnlyList<Event> events)
    {
        Event? first = events.FirstOrDefault(each => told.Flow is { } flow
            ? each.Fact is Fact.FlowOpened opened && opened.Flow == flow
            : each.Fact is Fact.ToolCallStarted && each.Subject.Call == told.Subject.Call);
        long since = first?.MonotonicNs ?? 0;
        return since == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, told.CompletedAtNs - since) / 100);
    }

    /// <summary>What left of the finding's flow, containment included; without a flow, of the call's flows.</summary>
    private static long Bytes(Finding told, IReadOnlyList<Event> events) => events
        .Where(each => each.Fact is Fact.FlowClosed closed
            && (told.Flow is { } flow ? closed.Flow == flow : each.Subject.Call == told.Subject.Call))
        .Sum(each => ((Fact.FlowClosed)each.Fact).BytesUpstream);
}
