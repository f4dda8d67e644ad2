using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Reporting;

/// <summary>
/// A solved case as one self-contained page for people who have to act on it: nothing is loaded from anywhere, no
/// script runs, what a trace or a log said is text, and secrets in commands are redacted.
/// </summary>
public static class CasePage
{
    public static void Write(SolvedCase solved, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(solved);
        CaseHtml html = new(writer);
        CaseTimeline timeline = CaseTimeline.Of(solved);
        CaseDrawing drawing = new(timeline);
        html.Raw("""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Aurelian · who set off the firewall</title><style>
            """).Raw(CaseStyle.Sheet).Raw("</style></head><body><main>");
        Head(html, timeline);
        html.Raw("<section><h2>Timeline</h2><p class=lead>Alerts above, episodes below, both on the traces' clock "
            + "(UTC).</p>");
        drawing.WriteOverview(html);
        drawing.WriteCloseUps(html);
        html.Raw("</section><section><h2>What coincides with alerts</h2><p class=lead>More than chance allows, the "
            + "search for the clocks' offset included. q is the share of such findings that chance alone would make."
            + "</p>");
        CaseTables.WriteAssociations(html, solved);
        html.Raw("</section><section><h2>Suspect tool calls</h2><p class=lead>By the number of alerts that are "
            + "attributed to them. What the detection rules say of a command stands beside it and is no part of the "
            + "numbers.</p>");
        CaseTables.WriteSuspects(html, solved);
        CaseTables.WriteAlerts(html, timeline);
        HostFindings(html, solved);
        html.Raw("</section><section><h2>The clocks</h2>");
        CaseMethod.WriteClock(html, solved);
        html.Raw("</section><section><h2>What would settle the rest</h2>");
        Settle(html, solved);
        html.Raw("</section><section><h2>How this was found</h2>");
        CaseMethod.Write(html);
        html.Raw("</section><section><h2>What was read</h2>");
        CaseTables.WriteSources(html, solved.Case);
        html.Raw("</section><footer>").Text(solved.ShowSecrets ? "Commands are shown as they are, secrets included."
            : "Passwords, tokens and long random strings in commands are redacted.")
            .Text(" Nothing on this page is loaded from elsewhere.").Raw("</footer></main></body></html>\n");
    }

    private static void Head(CaseHtml html, CaseTimeline timeline)
    {
        SolvedCase solved = timeline.Solved;
        InvestigationAnswer answer = solved.Answer;
        string conclusion = answer.Conclusion switch
        {
            Conclusion.Found => "found",
            Conclusion.CannotTell => "cannot-tell",
            _ => "nothing-to-explain",
        };
        html.Raw("<header><p class=brand>Aurelian · investigation</p><h1>").Text(solved.Shown(answer.Summary))
            .Raw($"</h1><div><span class=\"pill {conclusion}\">").Text(conclusion.Replace('-', ' ')).Raw("</span>");
        int exact = timeline.Marks.Count(mark => mark.Answer.Exact);
        if (exact > 0)
        {
            html.Raw("<span class=\"pill exact\">").Text(CaseWords.Counted(exact, "alert", "alerts")
                + " joined exactly").Raw("</span>");
        }

        if (solved.Case.Partial)
        {
            html.Raw("<span class=\"pill partial\">partial: an input was damaged</span>");
        }

        html.Raw("</div><div class=facts>");
        int attributed = timeline.Marks.Count(mark => mark.IsAttributed);
        Fact(html, "alerts attributed to a call", $"{CaseWords.Count(attributed)} of "
            + CaseWords.Count(timeline.Marks.Count), CaseWords.Counted(
                solved.Case.Alerts.Count - timeline.Marks.Count, "repeat", "repeats") + " merged");
        SuspectEpisode? first = solved.Suspects.Episodes.Count > 0 ? solved.Suspects.Episodes[0] : null;
        Association? task = answer.Associations.FirstOrDefault(each => each.Kind == CauseKind.Task
            && each.QValue <= 0.05);
        Fact(html, task is null ? "no task stands out" : "task that stands out", task?.Value ?? first?.Task ?? "none",
            task is null ? "q ≤ 0.05 for none" : $"{CaseWords.Number(task.Alerts)} alerts, rate "
                + $"×{CaseWords.Number(task.RateRatio)}, q {CaseWords.Probability(task.QValue)}");
        Fact(html, "tool calls in the traces", CaseWords.Count(solved.Case.Calls.Count),
            $"{CaseWords.Counted(timeline.Episodes.Count, "episode", "episodes")}, at most "
                + $"{timeline.Most()} at once");
        Fact(html, "firewall's clock", answer.Clock.OffsetSeconds is { } offset
            ? $"{CaseWords.Number(offset, "+0.0;-0.0")} s" : "unknown", answer.Clock.OffsetInterval is { } interval
            ? $"with 95 % {CaseWords.Range(interval, "0.0")} s" : "no offset could be told");
        html.Raw("</div></header>");
    }

    private static void Fact(CaseHtml html, string label, string value, string detail) =>
        html.Raw("<div class=fact><span>").Text(label).Raw("</span><b>").Text(value).Raw("</b><span>").Text(detail)
            .Raw("</span></div>");

    private static void Settle(CaseHtml html, SolvedCase solved)
    {
        if (solved.Answer.WouldSettle.Count == 0)
        {
            html.Raw("<p>Nothing is open.</p>");
            return;
        }

        html.Raw("<p>Most useful first:</p><ol>");
        foreach (string log in solved.Answer.WouldSettle)
        {
            html.Raw("<li>").Text(log);
        }

        html.Raw("</ol>");
    }

    private static void HostFindings(CaseHtml html, SolvedCase solved)
    {
        const int FindingsMax = 30;
        if (solved.HostFindings.Count == 0)
        {
            return;
        }

        html.Raw("<h3>In the host's own logs</h3><ul class=says>");
        foreach (Events.Finding finding in solved.HostFindings.Take(FindingsMax))
        {
            string severity = finding.Severity.ToString().ToLowerInvariant();
            html.Raw($"<li><span class=\"pill {severity}\">").Text(finding.Rule).Raw("</span> ")
                .Text(solved.Shown(finding.Explanation)).Raw(" <span class=dim>").Text(
                    $"{CaseWords.Moment(finding.CompletedAtNs / 1e9)} UTC").Raw("</span>");
        }

        html.Raw("</ul>");
    }
}
