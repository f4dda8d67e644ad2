using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// A run as one self-contained page: nothing is loaded from anywhere, no script runs, and whatever a sandbox said is
/// text. The timeline first, then who did what, then the episodes.
/// </summary>
public static class HtmlReport
{
    public static void Write(RunSummary summary, IEnumerable<Event> events, TextWriter writer)
    {
        ReportTimeline timeline = ReportTimeline.From(events);
        HtmlWriter html = new(writer);
        html.Raw($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            """);
        html.Raw("<title>").Text($"Aurelian · run {summary.Run}").Raw("</title><style>").Raw(ReportStyle.Sheet)
            .Raw("</style></head><body><main>");
        Head(html, summary);
        html.Raw("<section><h2>Timeline</h2>");
        ReportDrawing.Write(html, timeline, summary);
        html.Raw("</section>");
        if (summary.Incidents.Count > 0)
        {
            html.Raw("<section><h2>Incidents</h2>");
            foreach (Incident incident in summary.Incidents.OrderByDescending(each => each.Severity))
            {
                ReportIncident.Write(html, incident, summary);
            }

            html.Raw("</section>");
        }

        if (summary.Drift.Count > 0)
        {
            html.Raw("<section><h2>Drift of behaviour</h2><ul>");
            foreach (DriftSummary drift in summary.Drift)
            {
                html.Raw("<li>").Text(drift.Text);
            }

            html.Raw("</ul></section>");
        }

        html.Raw("<section><h2>Episodes</h2>");
        foreach (EpisodeSummary episode in summary.Episodes)
        {
            ReportEpisode.Write(html, episode, open: summary.Episodes.Count == 1);
        }

        html.Raw("</section>");
        Coverage(html, summary);
        html.Raw("</main></body></html>\n");
    }

    private static void Head(HtmlWriter html, RunSummary summary)
    {
        html.Raw("<header><p class=brand>Aurelian</p><h1>").Text($"Run {summary.Run}").Raw("</h1><p class=tally>");
        foreach (IGrouping<VerdictState, EpisodeSummary> group in summary.Episodes
            .GroupBy(episode => episode.Verdict.State).OrderBy(group => group.Key))
        {
            string state = group.Key.ToString().ToLowerInvariant();
            html.Raw($"<span class=\"pill {state}\">").Text($"{group.Count()} {state}").Raw("</span> ");
        }

        long lost = summary.Coverage.Values.Sum(source => source.Dropped);
        bool full = summary.Coverage.Values.All(source => source.State == SourceState.Full);
        html.Raw("<span class=pill>").Text(full && lost == 0 ? "coverage full, nothing lost"
            : $"{lost} observations lost")
            .Raw("</span></p></header>");
    }

    private static void Coverage(HtmlWriter html, RunSummary summary)
    {
        html.Raw("<section><h2>What was seen</h2><table><tr><th>source<th>state<th>how<th>received<th>lost");
        foreach ((string name, CoverageSummary source) in summary.Coverage)
        {
            html.Raw("<tr><td>").Text(name).Raw("<td>").Text(source.State.ToString().ToLowerInvariant()).Raw("<td>")
                .Text(source.How).Raw("<td>").Text(source.Received.ToString("N0", CultureInfo.InvariantCulture))
                .Raw("<td>").Text(source.Dropped.ToString("N0", CultureInfo.InvariantCulture));
        }

        html.Raw("</table></section>");
    }
}
