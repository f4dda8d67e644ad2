using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Reporting;

/// <summary>
/// The whole case in one drawing, and close-ups of the calls that most alerts are attributed to, with the episodes that
/// ran beside them.
/// </summary>
internal sealed class CaseDrawing(CaseTimeline timeline)
{
    private const double Left = 236, Right = 1066, Top = 22, CrowdHeight = 34;

    private const int LanesMax = 28, CloseUpsMax = 4, CloseLanesMax = 9;

    /// <summary>An episode below it has no lane.</summary>
    private const double AlertsMin = 0.3;

    internal void WriteOverview(CaseHtml html)
    {
        SuspectEpisode[] episodes = [.. timeline.Solved.Suspects.Episodes.Where(each => each.Alerts >= AlertsMin)];
        string[] lanes = [.. episodes.Take(LanesMax).Select(each => each.Episode)
            .OrderBy(each => timeline.Episodes[each].Start).ThenBy(each => each, StringComparer.Ordinal)];
        CaseScale scale = new(timeline.Start, timeline.End, Left, Right);
        IReadOnlyList<string> rows = CaseRail.Rows(timeline.Marks);
        double crowd = Top + (rows.Count * CaseRail.RowHeight) + 16;
        double first = crowd + CrowdHeight + 14, height = first + (lanes.Length * CaseLanes.LaneHeight) + 4;
        Open(html, height, "Alerts above, episodes below, on the traces' clock");
        Axis(html, scale, height);
        CaseRail.Write(html, timeline.Marks, rows, scale, Top);
        Crowd(html, scale, crowd);
        CaseLanes writer = new(timeline, scale);
        for (int lane = 0; lane < lanes.Length; lane++)
        {
            writer.Write(html, lanes[lane], first + (lane * CaseLanes.LaneHeight));
        }

        html.Raw("</svg></div>");
        Legend(html);
        int more = episodes.Length - lanes.Length;
        html.Raw("<p class=dim style=\"margin:8px 0 0;font-size:13px\">").Text(
            $"Of {CaseWords.Counted(timeline.Episodes.Count, "episode", "episodes")}, lanes show "
            + (lanes.Length == 0 ? "none: no alert is attributed to one." : more > 0
                ? $"the {lanes.Length} that most alerts are attributed to; {more} more have some share."
                : $"the {lanes.Length} that alerts are attributed to.")).Raw("</p></div>");
    }

    internal void WriteCloseUps(CaseHtml html)
    {
        HashSet<string> drawn = [];
        Suspect[] suspects = [.. timeline.Solved.Suspects.Calls.Where(each => each.Alerts >= 0.5
            && drawn.Add(each.Call.Episode)).Take(CloseUpsMax)];
        if (suspects.Length == 0)
        {
            return;
        }

        html.Raw("<h3>Close-ups</h3><p class=lead>").Text("The calls that most alerts are attributed to, each with "
            + "the episodes that ran beside it and that the same alerts may belong to.").Raw("</p>");
        foreach (Suspect suspect in suspects)
        {
            WriteCloseUp(html, suspect);
        }
    }

    private void WriteCloseUp(CaseHtml html, Suspect suspect)
    {
        const double LongestSeconds = 1800;
        CaseCall call = suspect.Call;
        CaseTimeline.Mark[] own = [.. timeline.Marks.Where(mark => mark.Answer.Candidates.Any(each =>
            each.ToolCall == call.Id && each.Probability >= 0.2))];
        double from = call.Start, to = Math.Max(call.End, own.Length == 0 ? call.End : own.Max(mark => mark.Time));
        to = Math.Min(to, from + LongestSeconds);
        double around = Math.Max(8, (to - from) * 0.12);
        CaseScale scale = new(from - around, to + around, Left, Right);
        CaseTimeline.Mark[] near = [.. timeline.Marks.Where(mark => scale.Shows(mark.Time, mark.Time))];
        string[] lanes = [.. near.SelectMany(mark => mark.Answer.Candidates).Where(each => each.Probability >= 0.01)
            .GroupBy(each => each.Episode)
            .OrderByDescending(each => each.Key == call.Episode).ThenByDescending(each => each.Sum(one =>
                one.Probability)).ThenBy(each => each.Key, StringComparer.Ordinal)
            .Select(each => each.Key).Take(CloseLanesMax)];
        lanes = lanes.Contains(call.Episode) ? lanes : [call.Episode, .. lanes];
        IReadOnlyList<string> rows = CaseRail.Rows(near);
        double first = Top + (rows.Count * CaseRail.RowHeight) + 18;
        double height = first + (lanes.Length * CaseLanes.LaneHeight) + 4;
        html.Raw("<div class=draw><p style=\"max-width:none;margin:0 0 8px\"><b>").Text(call.Id)
            .Raw("</b> <span class=dim>").Text($"{call.Episode} · {call.Task ?? "no task"} · "
                + $"{CaseWords.Moment(call.Start)} UTC · "
                + $"{timeline.There(call.Start)} sandboxes at once").Raw("</span></p><div class=scroll>");
        Svg(html, height, $"Close-up of {call.Id}");
        Axis(html, scale, height);
        CaseRail.Write(html, near, rows, scale, Top);
        CaseLanes writer = new(timeline, scale);
        for (int lane = 0; lane < lanes.Length; lane++)
        {
            writer.Write(html, lanes[lane], first + (lane * CaseLanes.LaneHeight));
        }

        html.Raw("</svg></div></div>");
    }

    private static void Open(CaseHtml html, double height, string label)
    {
        html.Raw("<div class=draw><div class=scroll>");
        Svg(html, height, label);
    }

    private static void Svg(CaseHtml html, double height, string label) => html
        .Raw($"<svg viewBox=\"0 0 1080 {height:0}\" role=img aria-label=\"").Text(label).Raw("\"><defs><pattern ")
        .Raw("id=hatch width=5 height=5 patternUnits=userSpaceOnUse patternTransform=\"rotate(45)\"><rect width=5 ")
        .Raw("height=5 class=hit opacity=.18 /><rect width=2 height=5 class=hit opacity=.75 /></pattern></defs>");

    private static void Axis(CaseHtml html, CaseScale scale, double height)
    {
        foreach ((double time, string text) in scale.Ticks())
        {
            double x = scale.X(time);
            html.Raw($"<line class=grid x1={x:0.0} x2={x:0.0} y1=16 y2={height:0} /><text class=\"dim small\" ")
                .Raw($"x={x:0.0} y=11 text-anchor=middle>").Text(text).Raw("</text>");
        }
    }

    /// <summary>How many sandboxes were there: why an address tells nothing.</summary>
    private void Crowd(CaseHtml html, CaseScale scale, double top)
    {
        const int Parts = 260;
        int[] count = timeline.Concurrency(scale.Start, scale.End, Parts);
        int most = Math.Max(1, count.Max());
        double bottom = top + CrowdHeight, width = (scale.Right - scale.Left) / Parts;
        html.Raw($"<text x=0 y={bottom - 4:0.#}>sandboxes at once</text><text class=dim x={scale.Left - 8:0.#} ")
            .Raw($"y={bottom - 4:0.#} text-anchor=end>{timeline.Most()} at most</text>")
            .Raw($"<path class=crowd d=\"M{scale.Left:0.#} {bottom:0.#}");
        for (int part = 0; part < Parts; part++)
        {
            double y = bottom - ((double)count[part] / most * CrowdHeight);
            html.Raw($"L{scale.Left + (part * width):0.0} {y:0.0}L{scale.Left + ((part + 1) * width):0.0} {y:0.0}");
        }

        html.Raw($"L{scale.Right:0.#} {bottom:0.#}Z\" />");
    }

    private static void Legend(CaseHtml html) => html.Raw("""
        <div class=legend><span><i style="background:var(--bad);width:3px;height:12px"></i>alert attributed to a
        call</span><span><i style="background:var(--grey);width:3px;height:12px"></i>alert of no recorded call</span>
        <span><i style="background:var(--bad)"></i>suspect call</span><span>
        <i style="background:var(--bad);opacity:.35"></i>call with a small share</span>
        <span><i style="background:repeating-linear-gradient(
        45deg,var(--bad) 0 2px,transparent 2px 5px)"></i>may live on</span><span><i
        style="background:var(--call)"></i>other call</span><span><i style="background:var(--bad);border-radius:9px;
        width:8px;height:8px"></i>alert on its lane: the stronger, the likelier</span></div>
        """);
}
