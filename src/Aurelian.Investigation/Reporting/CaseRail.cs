namespace Aurelian.Investigation.Reporting;

/// <summary>The alerts above the lanes: a row a kind, a stroke an alert; of very many, bars of how many.</summary>
internal static class CaseRail
{
    internal const double RowHeight = 20;

    private const int RowsMax = 5, StrokesMax = 1600, Bars = 170;

    /// <summary>The kinds of alert that get a row, most frequent first; what is left is the last row.</summary>
    internal static IReadOnlyList<string> Rows(IReadOnlyList<CaseTimeline.Mark> marks)
    {
        string[] kinds = [.. marks.GroupBy(mark => mark.Alert.Type).OrderByDescending(kind => kind.Count())
            .ThenBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => kind.Key)];
        return kinds.Length <= RowsMax ? kinds : [.. kinds.Take(RowsMax - 1), "other kinds"];
    }

    /// <summary>The y below the last row.</summary>
    internal static double Write(
        CaseHtml html, IReadOnlyList<CaseTimeline.Mark> marks, IReadOnlyList<string> rows, CaseScale scale, double top)
    {
        CaseTimeline.Mark[] shown = [.. marks.Where(mark => scale.Shows(mark.Time, mark.Time))];
        for (int row = 0; row < rows.Count; row++)
        {
            string kind = rows[row];
            double y = top + (row * RowHeight);
            CaseTimeline.Mark[] own = [.. shown.Where(mark => mark.Alert.Type == kind
                || (row == rows.Count - 1 && kind == "other kinds" && !rows.Contains(mark.Alert.Type)))];
            html.Raw($"<line class=base x1={scale.Left:0.#} x2={scale.Right:0.#} y1={y + 16:0.#} y2={y + 16:0.#} />")
                .Raw($"<text x=0 y={y + 13:0.#}>").Text(CaseWords.Short(kind.Length == 0 ? "alert" : kind, 26))
                .Raw("</text>")
                .Raw($"<text class=dim x={scale.Left - 8:0.#} y={y + 13:0.#} text-anchor=end>{own.Length}</text>");
            if (shown.Length > StrokesMax)
            {
                WriteBars(html, own, scale, y);
            }
            else
            {
                WriteStrokes(html, own, scale, y);
            }
        }

        return top + (rows.Count * RowHeight);
    }

    private static void WriteStrokes(CaseHtml html, CaseTimeline.Mark[] marks, CaseScale scale, double y)
    {
        // Grey first, so that no stroke of a suspect's is hidden.
        foreach (CaseTimeline.Mark mark in marks.OrderBy(mark => mark.IsAttributed))
        {
            string kind = mark.Answer.Exact ? "tick own sure" : mark.IsAttributed ? "tick own" : "tick";
            html.Raw($"<line class=\"{kind}\" x1={scale.X(mark.Time):0.0} x2={scale.X(mark.Time):0.0} ")
                .Raw($"y1={y + 3:0.#} y2={y + 16:0.#}><title>").Text(Title(mark)).Raw("</title></line>");
        }
    }

    private static void WriteBars(CaseHtml html, CaseTimeline.Mark[] marks, CaseScale scale, double y)
    {
        (int Own, int All)[] bars = new (int, int)[Bars];
        foreach (CaseTimeline.Mark mark in marks)
        {
            int at = (int)Math.Clamp((mark.Time - scale.Start) / (scale.End - scale.Start) * Bars, 0, Bars - 1);
            bars[at] = (bars[at].Own + (mark.IsAttributed ? 1 : 0), bars[at].All + 1);
        }

        double most = Math.Max(1, bars.Max(bar => bar.All)), width = (scale.Right - scale.Left) / Bars;
        for (int at = 0; at < Bars; at++)
        {
            Bar(html, "bar", scale.Left + (at * width), y, width, bars[at].All / most);
            Bar(html, "bar own", scale.Left + (at * width), y, width, bars[at].Own / most);
        }
    }

    private static void Bar(CaseHtml html, string kind, double x, double y, double width, double share)
    {
        if (share > 0)
        {
            double height = Math.Max(1, share * 14);
            html.Raw($"<rect class=\"{kind}\" x={x:0.0} y={y + 16 - height:0.0} width={width - 0.6:0.0} ")
                .Raw($"height={height:0.0} />");
        }
    }

    internal static string Title(CaseTimeline.Mark mark)
    {
        string who = mark.Answer.Background is not { } background ? "nothing can be said"
            : mark.IsAttributed
                ? $"{mark.Answer.Candidates[0].ToolCall} {CaseWords.Percent(mark.Answer.Candidates[0].Probability)}"
            : $"no recorded call {CaseWords.Percent(background)}";
        return $"line {mark.Alert.Line}: {mark.Alert.Type} at {CaseWords.Moment(mark.Time)} on the traces' clock "
            + $"(stamped {CaseWords.Moment(mark.Alert.Time)}): {who}";
    }
}
