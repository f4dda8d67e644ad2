using System.Globalization;
using Aurelian.Events;
using Aurelian.Store;

namespace Aurelian.Bench;

/// <summary>
/// Where an episode's time goes, from its own timeline: the medians between the events that mark its phases.
/// </summary>
internal static class EpisodePhases
{
    private static readonly string[] Order =
    [
        "acquire", "canaries", "to call 1", "call 1", "call 2", "release, acquire", "canaries of the grader",
        "files to the grader", "grade", "read and release", "drain, judge, store",
    ];

    internal static IEnumerable<string> Read(string timeline)
    {
        Dictionary<string, List<double>> phases = Order.ToDictionary(name => name, _ => new List<double>());
        using TimelineReader reader = TimelineReader.Open(timeline);
        foreach (IGrouping<EpisodeId, Event> episode in reader.Read().Where(each => each.Subject.Episode is not null)
            .GroupBy(each => each.Subject.Episode!.Value))
        {
            long[] marks = [.. Marks([.. episode])];
            for (int index = 1; index < marks.Length && marks.Length == Order.Length + 1; index++)
            {
                phases[Order[index - 1]].Add((marks[index] - marks[index - 1]) / 1e6);
            }
        }

        return phases.Where(phase => phase.Value.Count > 0).Select(phase => string.Create(
            CultureInfo.InvariantCulture, $"  {phase.Key,-24}{Comparison.Median(phase.Value),8:0.00} ms"));
    }

    private static IEnumerable<long> Marks(Event[] events)
    {
        SandboxId? grader = events.FirstOrDefault(each => each.Subject.Sandbox?.Value.EndsWith(
            ".grade", StringComparison.Ordinal) == true)?.Subject.Sandbox;
        Event[][] parts =
        [
            [.. events.Where(each => each.Subject.Sandbox is not null && each.Subject.Sandbox != grader)],
            [.. events.Where(each => each.Subject.Sandbox == grader)],
        ];
        IEnumerable<Event?> marks =
        [
            First<Fact.EpisodeStarted>(events),
            First<Fact.PolicyInstalled>(parts[0]), Last<Fact.CanaryProbed>(parts[0]),
            First<Fact.ToolCallStarted>(parts[0]), First<Fact.ToolCallEnded>(parts[0]),
            Last<Fact.ToolCallEnded>(parts[0]),
            First<Fact.PolicyInstalled>(parts[1]), Last<Fact.CanaryProbed>(parts[1]),
            First<Fact.ToolCallStarted>(parts[1]), Last<Fact.ToolCallEnded>(parts[1]),
            First<Fact.EpisodeEnded>(events), First<Fact.VerdictGiven>(events),
        ];
        return marks.OfType<Event>().Select(each => each.MonotonicNs);
    }

    private static Event? First<T>(Event[] events) => Array.Find(events, each => each.Fact is T);

    private static Event? Last<T>(Event[] events) => Array.FindLast(events, each => each.Fact is T);
}
