using System.Globalization;
using Aurelian.Events;
using Aurelian.Response;
using Spectre.Console;

namespace Aurelian.Cli;

/// <summary>
/// What a person reads at the end of a run: the episodes, what was found, what was denied, and where to look further.
/// Drawn on a terminal, plain lines in a pipe.
/// </summary>
internal static class ClosingText
{
    internal static void Write(RunSummary summary, TextWriter writer)
    {
        IAnsiConsole console = Consoles.For(writer);
        bool terminal = Consoles.IsTerminal(writer);
        console.WriteLine();
        if (summary.Episodes is [{ Task: null } command])
        {
            Consoles.Grid(console, terminal, [.. EpisodeText.Command(command)]);
        }
        else
        {
            console.Write(Episodes(summary, terminal));
        }

        foreach (Incident incident in summary.Incidents.Where(each => each.Severity >= Severity.Medium))
        {
            string title = $"{incident.Id} · {incident.Category.ToString().ToLowerInvariant()}";
            Color colour = incident.Severity >= Severity.High ? Color.Red : Color.Yellow;
            Consoles.Block(console, terminal, title, colour, [.. IncidentText.Lines(incident, summary)]);
        }

        Consoles.Grid(console, terminal,
        [
            .. summary.Episodes.SelectMany(EpisodeText.LeftAndDenied), ("coverage", Coverage(summary)),
            ("run folder", summary.Folder ?? "–"), ("look further", $"./aurelian incidents {summary.Folder}"),
            ("", $"./aurelian report {summary.Folder}"),
        ]);
    }

    private static Table Episodes(RunSummary summary, bool terminal)
    {
        Table table = new Table().Border(terminal ? TableBorder.Rounded : TableBorder.None).BorderColor(Color.Grey);
        table.AddColumns("episode", "task", "agent", "calls", "reward", "verdict", "findings");
        foreach (EpisodeSummary episode in summary.Episodes)
        {
            table.AddRow(
                new Text(episode.Id), new Text(TerminalText.Line(episode.Task ?? "command", 24)),
                new Text(TerminalText.Line(Path.GetFileName(episode.Agent), 28)),
                new Text($"{episode.ToolCalls.Count}"),
                new Text(episode.Reward is { } reward ? reward.ToString("0.##", CultureInfo.InvariantCulture) : "–"),
                new Text(episode.Verdict.State.ToString().ToLowerInvariant(), Style(episode.Verdict.State)),
                new Text(TerminalText.Line(string.Join(", ", episode.Verdict.Findings), 30)));
        }

        return table;
    }

    private static string Coverage(RunSummary summary)
    {
        long dropped = summary.Coverage.Values.Sum(source => source.Dropped);
        string[] partial = [.. summary.Coverage.Where(source => source.Value.State != SourceState.Full)
            .Select(source =>
                $"{source.Key} ({source.Value.State.ToString().ToLowerInvariant()}: {source.Value.How})")];
        return partial.Length == 0 && dropped == 0
            ? $"full ({summary.Coverage.Values.Sum(source => source.Received)} observations, none lost)"
            : $"{dropped} observations lost; not full: {string.Join(", ", partial)}";
    }

    private static Style Style(VerdictState state) => new(state switch
    {
        VerdictState.Clean => Color.Green,
        VerdictState.Violating => Color.Red,
        _ => Color.Yellow,
    });
}
