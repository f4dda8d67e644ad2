using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// The timeline as a drawing: a lane an episode, its calls as blocks, connections as dots, findings as strokes.
/// </summary>
internal static class ReportDrawing
{
    private const double Left = 190, Right = 1040, LaneHeight = 44, Top = 26, BlockHeight = 20;

    internal static void Write(HtmlWriter html, ReportTimeline timeline, RunSummary summary)
    {
        double height = Top + (timeline.Lanes.Count * LaneHeight) + 10;
        html.Raw("<div class=draw>").Raw(string.Create(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 1060 {height:0}\" role=img aria-label=\"Timeline of the run\">"));
        html.Raw("<defs><pattern id=hatch width=6 height=6 patternUnits=userSpaceOnUse patternTransform=\"rotate(45)\">"
            + "<rect width=6 height=6 class=call opacity=.35 /><rect width=2 height=6 class=call /></pattern></defs>");
        Axis(html, timeline, height);
        for (int index = 0; index < timeline.Lanes.Count; index++)
        {
            ReportTimeline.Lane lane = timeline.Lanes[index];
            EpisodeSummary? episode = summary.Episodes.FirstOrDefault(each => each.Id == lane.Id.Value);
            DrawLane(html, timeline, lane, episode, Top + (index * LaneHeight));
        }

        html.Raw("""
            </svg><div class=legend><span><i style="background:var(--call)"></i>tool call</span>
            <span><i style="background:var(--grade)"></i>grade</span>
            <span><i style="background:repeating-linear-gradient(45deg,var(--call) 0 2px,transparent 2px 5px)"></i>left
            running</span>
            <span><i style="background:var(--ok);border-radius:9px;width:10px"></i>connection allowed</span>
            <span><i style="border:2px solid var(--denied);border-radius:9px;width:10px"></i>connection denied</span>
            <span><i style="background:var(--bad)"></i>found and contained</span></div></div>
            """);
    }

    private static void Axis(HtmlWriter html, ReportTimeline timeline, double height)
    {
        double seconds = (timeline.LastNs - timeline.FirstNs) / 1e9;
        double step = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(seconds, 1e-3) / 2)));
        step = seconds / step > 12 ? step * 5 : seconds / step > 6 ? step * 2 : step;
        for (double at = 0; at <= seconds + 1e-9; at += step)
        {
            double x = Left + (at / seconds * (Right - Left));
            html.Raw(string.Create(CultureInfo.InvariantCulture,
                $"<line class=lane x1={x:0.0} x2={x:0.0} y1=18 y2={height:0} />"
                + $"<text class=dim x={x:0.0} y=12 text-anchor=middle>{at:0.###} s</text>"));
        }
    }

    private static void DrawLane(
        HtmlWriter html, ReportTimeline timeline, ReportTimeline.Lane lane, EpisodeSummary? episode, double y)
    {
        double X(long ns) => Left + ((double)Math.Clamp(ns - timeline.FirstNs, 0, timeline.LastNs - timeline.FirstNs)
            / (timeline.LastNs - timeline.FirstNs) * (Right - Left));
        double blockTop = y + 12, middle = blockTop + (BlockHeight / 2);
        html.Raw(string.Create(CultureInfo.InvariantCulture, $"<text x=0 y={middle:0.0}><tspan font-weight=600>"))
            .Text(lane.Id.Value).Raw("</tspan> ").Text(Short(episode?.Task ?? "command")).Raw("</text>")
            .Raw(string.Create(CultureInfo.InvariantCulture, $"<text class=dim x=0 y={middle + 14:0.0}>"))
            .Text(Short(Path.GetFileName(episode?.Agent ?? ""))).Raw("</text>");
        html.Raw(string.Create(CultureInfo.InvariantCulture,
            $"<line class=lane x1={X(lane.StartNs):0.0} x2={X(lane.EndNs):0.0} y1={middle:0.0} y2={middle:0.0} />"));
        foreach (ReportTimeline.Block block in lane.Blocks)
        {
            long end = block.EndNs ?? lane.EndNs;
            if (block.LeftRunning)
            {
                Rectangle(html, "tail", X(end), X(lane.KilledNs ?? lane.EndNs), blockTop + 5, BlockHeight - 10,
                    "left running");
            }

            Rectangle(html, block.Call.IsGrade ? "grade" : "call", X(block.StartNs), X(end), blockTop, BlockHeight,
                $"{block.Call.Name}: {block.Command}");
        }

        foreach (ReportTimeline.Mark mark in lane.Marks)
        {
            html.Raw(string.Create(CultureInfo.InvariantCulture,
                $"<circle class={(mark.Allowed ? "flow-ok" : "flow-no")} ")
                + string.Create(CultureInfo.InvariantCulture, $"cx={X(mark.Ns):0.0} cy={blockTop - 5:0.0} r=3>"))
                .Raw("<title>").Text(mark.Text).Raw("</title></circle>");
        }

        foreach ((long ns, string text) in lane.Findings)
        {
            if (lane.KilledNs is { } killed)
            {
                Rectangle(html, "held", X(ns), X(killed), blockTop - 1, BlockHeight + 2, text);
            }

            html.Raw(string.Create(CultureInfo.InvariantCulture,
                $"<line class=found x1={X(ns):0.0} x2={X(ns):0.0} ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"y1={blockTop - 6:0.0} y2={blockTop + BlockHeight + 6:0.0}>"))
                .Raw("<title>").Text(text).Raw("</title></line>");
        }
    }

    private static void Rectangle(
        HtmlWriter html, string kind, double from, double to, double y, double height, string title) =>
        html.Raw(string.Create(CultureInfo.InvariantCulture,
            $"<rect class={kind} x={from:0.0} y={y:0.0} ")
            + string.Create(CultureInfo.InvariantCulture,
                $"width={Math.Max(1.5, to - from):0.0} height={height:0.0} rx=2>"))
            .Raw("<title>").Text(title).Raw("</title></rect>");

    private static string Short(string text) => text.Length > 26 ? text[..25] + "…" : text;
}
