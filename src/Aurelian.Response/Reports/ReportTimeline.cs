using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>What of a timeline is drawn: bounded, however long the run was.</summary>
internal sealed class ReportTimeline
{
    private const int MarksMax = 4000;

    internal sealed class Lane(EpisodeId id, long startNs)
    {
        private long? _endNs;

        internal EpisodeId Id => id;

        internal long StartNs => startNs;

        internal long EndNs
        {
            get => _endNs ?? startNs;
            set => _endNs = value;
        }

        internal List<Block> Blocks { get; } = [];

        internal List<Mark> Marks { get; } = [];

        internal List<(long Ns, string Text)> Findings { get; } = [];

        internal long? CutNs { get; set; }

        internal long? KilledNs { get; set; }
    }

    internal sealed class Block(ToolCallId call, string command, long startNs)
    {
        internal ToolCallId Call => call;

        internal string Command => command;

        internal long StartNs => startNs;

        internal long? EndNs { get; set; }

        /// <summary>Something of the call was alive when its episode ended.</summary>
        internal bool LeftRunning { get; set; }
    }

    internal sealed record Mark(long Ns, bool Allowed, string Text);

    internal List<Lane> Lanes { get; } = [];

    internal long FirstNs => Lanes.Count == 0 ? 0 : Lanes.Min(lane => lane.StartNs);

    internal long LastNs => Lanes.Count == 0 ? 1 : Math.Max(FirstNs + 1, Lanes.Max(lane => lane.EndNs));

    internal static ReportTimeline From(IEnumerable<Event> events)
    {
        ReportTimeline timeline = new();
        Dictionary<EpisodeId, Lane> lanes = [];
        int marks = 0;
        foreach (Event each in events)
        {
            if (each.Subject.Episode is not { } episode)
            {
                continue;
            }

            if (each.Fact is Fact.EpisodeStarted)
            {
                lanes[episode] = new Lane(episode, each.MonotonicNs);
            }

            if (lanes.TryGetValue(episode, out Lane? lane))
            {
                Read(lane, each, ref marks);
            }
        }

        timeline.Lanes.AddRange(lanes.Values.OrderBy(lane => lane.Id.Value.Length)
            .ThenBy(lane => lane.Id.Value, StringComparer.Ordinal));
        return timeline;
    }

    private static void Read(Lane lane, Event each, ref int marks)
    {
        Block? block = each.Subject.Call is { } call ? lane.Blocks.Find(known => known.Call == call) : null;
        switch (each.Fact)
        {
            case Fact.EpisodeEnded:
                lane.EndNs = each.MonotonicNs;
                break;
            case Fact.ToolCallStarted started:
                lane.Blocks.Add(new Block(each.Subject.Call!.Value, started.Command, each.MonotonicNs));
                break;
            case Fact.ToolCallEnded when block is not null:
                block.EndNs = each.MonotonicNs;
                break;
            case Fact.LeftRunning when block is not null:
                block.LeftRunning = true;
                break;
            case Fact.FlowClosed closed when each.Subject.Call is not null && marks++ < MarksMax:
                lane.Marks.Add(new Mark(each.MonotonicNs, closed.Allowed,
                    $"{closed.Name ?? closed.Destination.ToString()} · {closed.Protocol ?? "tcp"} · {closed.Reason}"));
                break;
            case Fact.Found { Finding.Severity: >= Severity.Medium } found:
                lane.Findings.Add((found.Finding.CompletedAtNs, found.Finding.Explanation));
                break;
            case Fact.Contained { Receipt: { Action: ContainmentAction.Cut, Ok: true } receipt }:
                lane.CutNs ??= receipt.AtNs;
                break;
            case Fact.Contained { Receipt: { Action: ContainmentAction.Kill, Ok: true } receipt }:
                lane.KilledNs ??= receipt.AtNs;
                break;
        }
    }
}
