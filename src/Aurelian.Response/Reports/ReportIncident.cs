using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>One incident as a card: who, with what, where to, what was done, and on what evidence.</summary>
internal static class ReportIncident
{
    internal static void Write(HtmlWriter html, Incident incident, RunSummary summary)
    {
        EpisodeSummary? episode = summary.Episodes.FirstOrDefault(each => each.Id == incident.Episode);
        ToolCallSummary? call = episode?.ToolCalls.FirstOrDefault(each => each.Id == incident.ToolCall);
        string severity = incident.Severity.ToString().ToLowerInvariant();
        html.Raw($"<article class=\"card {severity}\"><h3>").Text(Capital(incident.Category.ToString()))
            .Raw(" <span class=dim>").Text($"{incident.Id} · {incident.Rule} · {severity}").Raw("</span></h3><p>")
            .Text(Capital(incident.Explanation)).Raw("</p><dl>");
        Row(html, "Episode", $"{incident.Episode} · {episode?.Task ?? "command"}");
        html.Raw("<dt>Tool call<dd>").Text(call?.Number is { } number ? $"no. {number} " : $"{incident.ToolCall} ")
            .Raw("<code>").Text(call?.Command).Raw("</code>");
        if (incident.Process is { } process)
        {
            html.Raw("<dt>Process<dd>").Text($"pid {process.Pid} · ").Raw("<span class=mono>").Text(process.Exe)
                .Raw("</span><br><code>").Text(process.CommandLine).Raw("</code>");
        }

        if (incident.Flow is { } flow)
        {
            Row(html, "Connection", string.Create(CultureInfo.InvariantCulture,
                $"{flow.Name ?? "no name"} · {flow.Destination}:{flow.Port} · {flow.Protocol ?? "tcp"} · ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"{flow.BytesOffered} bytes offered, {flow.BytesUpstream} got upstream"));
        }

        Row(html, "Attribution", $"{incident.Attribution.Certainty.ToString().ToLowerInvariant()}: born in "
            + $"{incident.Attribution.Born ?? "unknown"}, "
            + $"running then: {incident.Attribution.ActiveAtTime ?? "no call"}");
        foreach (AttributionEdge edge in incident.Attribution.Edges)
        {
            Row(html, "Edge", $"{edge.From} → {edge.To}: {edge.Kind}");
        }

        Done(html, incident);
        html.Raw("</dl>");
        Evidence(html, incident);
        html.Raw("</article>");
    }

    private static void Done(HtmlWriter html, Incident incident)
    {
        html.Raw("<dt>Done<dd class=steps>");
        if (incident.ContainedAfterMs is { } contained)
        {
            html.Raw("<span>").Text(string.Create(CultureInfo.InvariantCulture, $"contained after {contained:0.0} ms"))
                .Raw("</span>");
        }

        foreach (ActionSummary action in incident.Actions)
        {
            html.Raw(action.Ok ? "<b title=\"" : "<b class=no title=\"").Text(action.Detail).Raw("\">")
                .Text(action.Action == ContainmentAction.DestroySockets ? "destroy sockets" : action.Action.ToString()
                    .ToLowerInvariant())
                .Raw("</b>");
        }

        if (incident.ExposureMs is { } exposure)
        {
            html.Raw("<span class=dim>").Text(string.Create(
                CultureInfo.InvariantCulture, $"exposed for {exposure:0.0} ms")).Raw("</span>");
        }
    }

    private static void Evidence(HtmlWriter html, Incident incident)
    {
        int count = incident.Evidence.Count;
        html.Raw("<details class=evidence><summary>")
            .Text(count == 1 ? "Evidence: 1 event" : $"Evidence: {count} events").Raw("</summary><ul>");
        foreach (EvidenceSummary each in incident.Evidence)
        {
            html.Raw("<li><span class=dim>").Text($"#{each.Seq}").Raw("</span> <code>").Text(each.Text).Raw("</code>");
        }

        html.Raw("</ul></details>");
    }

    private static void Row(HtmlWriter html, string label, string text) =>
        html.Raw("<dt>").Text(label).Raw("<dd>").Text(text);

    private static string Capital(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];
}
