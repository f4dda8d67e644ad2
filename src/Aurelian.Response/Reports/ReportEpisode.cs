using System.Globalization;

namespace Aurelian.Response;

/// <summary>One episode as a fold: its calls, what they left running, and where they were not let.</summary>
internal static class ReportEpisode
{
    /// <param name="open">Unfolded at first: where it is the only one.</param>
    internal static void Write(HtmlWriter html, EpisodeSummary episode, bool open)
    {
        string state = episode.Verdict.State.ToString().ToLowerInvariant();
        html.Raw($"<details class=episode{(open ? " open" : "")}><summary><b>").Text(episode.Id).Raw("</b> ")
            .Text(episode.Task ?? "command").Raw(" <span class=dim>")
            .Text(episode.Task is null ? null : Path.GetFileName(episode.Agent))
            .Raw($"</span><span class=\"pill {state}\">").Text(state).Raw("</span><span class=dim>")
            .Text(episode.Reward is { } reward ? $"reward {reward.ToString("0.##", CultureInfo.InvariantCulture)}"
                : "no reward")
            .Raw("</span></summary>");
        Calls(html, episode);
        Left(html, episode);
        Denied(html, episode);
        html.Raw("</details>");
    }

    private static void Calls(HtmlWriter html, EpisodeSummary episode)
    {
        html.Raw("<table><tr><th>call<th>command<th>exit<th>CPU s<th>denied<th>left running");
        foreach (ToolCallSummary call in episode.ToolCalls)
        {
            html.Raw("<tr><td>").Text(call.Number?.ToString(CultureInfo.InvariantCulture) ?? "grade")
                .Raw("<td><code>").Text(call.Command).Raw("</code><td>")
                .Text(call.Killed ? "killed" : call.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "–")
                .Raw("<td>").Text((call.CpuSeconds ?? 0).ToString("0.00", CultureInfo.InvariantCulture))
                .Raw("<td>").Text(call.DeniedAttempts.ToString(CultureInfo.InvariantCulture))
                .Raw("<td>").Text(call.LeftRunning.ToString(CultureInfo.InvariantCulture));
        }

        html.Raw("</table>");
    }

    private static void Left(HtmlWriter html, EpisodeSummary episode)
    {
        if (episode.ToolCalls.All(call => call.LeftProcesses.Count == 0))
        {
            return;
        }

        html.Raw("<table><tr><th>left running by<th>pid<th>executable<th>command line");
        foreach (ToolCallSummary call in episode.ToolCalls)
        {
            foreach (ProcessSummary process in call.LeftProcesses)
            {
                html.Raw("<tr><td>").Text(call.Id).Raw("<td>")
                    .Text(process.Pid.ToString(CultureInfo.InvariantCulture)).Raw("<td>").Text(process.Exe ?? "–")
                    .Raw("<td><code>").Text(process.CommandLine ?? "–").Raw("</code>");
            }
        }

        html.Raw("</table>");
    }

    private static void Denied(HtmlWriter html, EpisodeSummary episode)
    {
        if (episode.Denied.Count == 0)
        {
            return;
        }

        html.Raw("<table><tr><th>denied<th>port<th>protocol<th>attempts<th>first tried by<th>why");
        foreach (DeniedSummary denied in episode.Denied)
        {
            html.Raw("<tr><td>").Text(denied.Name ?? denied.Destination).Raw("<td>")
                .Text(denied.Port?.ToString(CultureInfo.InvariantCulture) ?? "–").Raw("<td>")
                .Text(denied.Protocol ?? denied.Transport.ToString().ToLowerInvariant()).Raw("<td>")
                .Text(denied.Attempts.ToString(CultureInfo.InvariantCulture)).Raw("<td>").Text(denied.ToolCall)
                .Raw("<td>").Text(denied.Reason);
        }

        html.Raw("</table>");
    }
}
