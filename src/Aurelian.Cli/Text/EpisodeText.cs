using System.Globalization;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.Cli;

/// <summary>An episode in lines: how a command went, what went on when it ended, and where it was not let.</summary>
internal static class EpisodeText
{
    private const int Wide = 90;
    private const int LinesMax = 5;

    internal static IEnumerable<(string Label, string Text)> Command(EpisodeSummary episode)
    {
        yield return ("verdict", episode.Verdict.State.ToString().ToLowerInvariant()
            + (episode.Verdict.Findings.Count > 0 ? $": {string.Join(", ", episode.Verdict.Findings)}" : ""));
        foreach (ToolCallSummary call in episode.ToolCalls)
        {
            string end = call.ExitCode is { } code ? $"exit code {code}" : call.Killed ? "killed" : "ended by a signal";
            yield return ("command", string.Create(CultureInfo.InvariantCulture,
                $"{TerminalText.Line(call.Command, Wide)} · {end} · {call.CpuSeconds ?? 0:0.0##} s of CPU"));
        }
    }

    private static string Reason(string reason) =>
        reason.StartsWith("denied: ", StringComparison.Ordinal) ? reason["denied: ".Length..] : reason;

    internal static IEnumerable<(string Label, string Text)> LeftAndDenied(EpisodeSummary episode)
    {
        string whose = episode.Task is null ? "" : $"{episode.Id}: ";
        string label = "left running";
        foreach (ToolCallSummary call in episode.ToolCalls)
        {
            foreach (ProcessSummary process in call.LeftProcesses.Take(LinesMax))
            {
                yield return (label, $"{whose}pid {process.Pid} of {call.Id} · "
                    + TerminalText.Line(process.CommandLine ?? process.Exe, Wide));
                label = "";
            }

            if (call.LeftRunning > LinesMax)
            {
                yield return ("", $"{whose}{call.LeftRunning - LinesMax} more of {call.Id}");
            }
        }

        // A violating episode's attempts are its incidents': no policy should name them.
        if (episode.Verdict.State == VerdictState.Violating)
        {
            yield break;
        }

        label = "denied";
        foreach (DeniedSummary denied in episode.Denied.Take(LinesMax))
        {
            yield return (label, $"{whose}{TerminalText.Line(denied.Name ?? denied.Destination, 60)}"
                + $"{(denied.Port is { } port ? $":{port}" : "")} "
                + $"({denied.Protocol ?? denied.Transport.ToString().ToLowerInvariant()}) by {denied.ToolCall}, "
                + $"{denied.Attempts} {(denied.Attempts == 1 ? "attempt" : "attempts")}: "
                + TerminalText.Line(Reason(denied.Reason), Wide));
            label = "";
        }

        if (episode.Denied.Count > LinesMax)
        {
            yield return ("", $"{whose}{episode.Denied.Count - LinesMax} more destinations, in the report");
        }
    }
}
