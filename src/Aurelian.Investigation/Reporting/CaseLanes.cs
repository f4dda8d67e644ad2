using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Reporting;

/// <summary>Episodes as lanes: the sandbox's life as a line, calls as blocks, the alerts it is given as dots.</summary>
internal sealed class CaseLanes(CaseTimeline timeline, CaseScale scale)
{
    internal const double LaneHeight = 24;

    private const double BlockHeight = 11;

    /// <summary>Beyond it blocks that touch are drawn as one.</summary>
    private const int BlocksMax = 240;

    /// <summary>Suspect calls, and whether each is rather one that caused an alert than not.</summary>
    private readonly Dictionary<string, bool> _suspects =
        timeline.Solved.Suspects.Calls.ToDictionary(each => each.Call.Id, each => each.Any >= 0.5);

    internal void Write(CaseHtml html, string episode, double top)
    {
        (double start, double end, string? task) = timeline.Episodes[episode];
        double middle = top + 14;
        html.Raw($"<text x=0 y={middle + 4:0.#}>").Text(CaseWords.Short(episode, 15)).Raw("<title>")
            .Text($"{episode}  {task}").Raw("</title></text>")
            .Raw($"<text class=\"dim small\" x={104:0.#} y={middle + 4:0.#}>").Text(CaseWords.Short(task ?? "", 19))
            .Raw("</text>");
        html.Raw($"<line class=lane x1={scale.X(start):0.0} x2={scale.X(end):0.0} y1={middle:0.#} y2={middle:0.#} />");
        IReadOnlyList<CaseCall> calls = timeline.CallsOf(episode);
        CaseCall[] shown = [.. calls.Where(call => scale.Shows(call.Start, call.End))];
        WriteOrdinary(html, [.. shown.Where(call => !_suspects.ContainsKey(call.Id))], middle);
        foreach (CaseCall call in calls.Where(call => _suspects.ContainsKey(call.Id)
            && scale.Shows(call.Start, call.SandboxEnd)))
        {
            bool strong = _suspects[call.Id];
            if (strong)
            {
                Block(html, "tail", call.End, call.SandboxEnd, middle - 2, 4,
                    "its processes may live on until the sandbox is gone");
            }

            Block(html, strong ? "hit" : "weak", call.Start, call.End, middle - (BlockHeight / 2), BlockHeight,
                Title(call));
        }

        foreach ((CaseTimeline.Mark mark, double share) in timeline.Shares.GetValueOrDefault(episode) ?? [])
        {
            if (share >= 0.05 && scale.Shows(mark.Time, mark.Time))
            {
                html.Raw($"<circle class=dot cx={scale.X(mark.Time):0.0} cy={top + 3:0.#} r=2.4 ")
                    .Raw($"fill-opacity={share:0.00}><title>")
                    .Text($"{CaseWords.Percent(share)}: {CaseRail.Title(mark)}").Raw("</title></circle>");
            }
        }
    }

    private void WriteOrdinary(CaseHtml html, CaseCall[] calls, double middle)
    {
        if (calls.Length <= BlocksMax)
        {
            foreach (CaseCall call in calls)
            {
                Block(html, "call", call.Start, call.End, middle - (BlockHeight / 2), BlockHeight, Title(call));
            }

            return;
        }

        (double Start, double End, int Calls)? open = null;
        foreach (CaseCall call in calls.OrderBy(call => call.Start))
        {
            if (open is { } known && scale.X(call.Start) - scale.X(known.End) < 1)
            {
                open = (known.Start, Math.Max(known.End, call.End), known.Calls + 1);
                continue;
            }

            Flush(html, open, middle);
            open = (call.Start, call.End, 1);
        }

        Flush(html, open, middle);
    }

    private void Flush(CaseHtml html, (double Start, double End, int Calls)? open, double middle)
    {
        if (open is { } known)
        {
            Block(html, "call", known.Start, known.End, middle - (BlockHeight / 2), BlockHeight,
                CaseWords.Counted(known.Calls, "call", "calls"));
        }
    }

    private void Block(CaseHtml html, string kind, double from, double to, double y, double height, string title)
    {
        double left = scale.X(from), width = Math.Max(1.2, scale.X(to) - left);
        html.Raw($"<rect class={kind} x={left:0.0} y={y:0.0} width={width:0.0} height={height:0.#} rx=1.5><title>")
            .Text(title).Raw("</title></rect>");
    }

    private string Title(CaseCall call) => $"{call.Id}  {CaseWords.Clock(call.Start, true)}–"
        + $"{CaseWords.Clock(call.End, true)}\n"
        + CaseWords.Short(timeline.Solved.Shown(call.Command ?? call.Tool), 300);
}
