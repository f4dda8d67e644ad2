using System.Globalization;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.Cli;

/// <summary>One incident in a few lines: who, with what, where to, what was done.</summary>
internal static class IncidentText
{
    private const int WideCommand = 300;

    internal static IEnumerable<(string Label, string Text)> Lines(Incident incident, RunSummary summary)
    {
        EpisodeSummary? episode = summary.Episodes.FirstOrDefault(each => each.Id == incident.Episode);
        ToolCallSummary? call = episode?.ToolCalls.FirstOrDefault(each => each.Id == incident.ToolCall);
        yield return ("episode", episode is null
            ? incident.Episode
            : $"{episode.Id} · {TerminalText.Line(episode.Task ?? "command", 40)} · verdict "
                + episode.Verdict.State.ToString().ToLowerInvariant());
        yield return ("tool call", call is null
            ? incident.ToolCall ?? "unknown"
            : $"{(call.Number is { } number ? $"no. {number}" : "grade")} · "
                + TerminalText.Line(call.Command, WideCommand));
        if (incident.Process is { } process)
        {
            yield return ("process", $"pid {process.Pid} · {TerminalText.Safe(process.Exe ?? "?")}");
            yield return ("", TerminalText.Safe(process.CommandLine));
        }

        if (incident.Flow is { } flow)
        {
            yield return ("connection",
                $"{TerminalText.Safe(flow.Name ?? "no name")} · {flow.Destination}:{flow.Port} · "
                + $"{flow.Transport.ToString().ToLowerInvariant()} · {flow.Protocol ?? "nothing said"}");
            yield return ("", string.Create(CultureInfo.InvariantCulture,
                $"{flow.BytesOffered} bytes offered, {flow.BytesUpstream} got upstream"));
        }

        yield return ("found", $"{incident.Rule} ({incident.Severity.ToString().ToLowerInvariant()}): "
            + TerminalText.Safe(incident.Explanation));
        yield return ("done", Done(incident));
    }

    internal static string Done(Incident incident)
    {
        string actions = string.Join(" → ", incident.Actions.Select(each =>
            each.Ok ? Name(each.Action) : $"{Name(each.Action)} (failed)"));
        return incident.ContainedAfterMs is { } milliseconds
            ? string.Create(CultureInfo.InvariantCulture, $"contained after {milliseconds:0.0} ms: {actions}")
            : actions;
    }

    private static string Name(ContainmentAction action) => action switch
    {
        ContainmentAction.DestroySockets => "destroy sockets",
        _ => action.ToString().ToLowerInvariant(),
    };
}
