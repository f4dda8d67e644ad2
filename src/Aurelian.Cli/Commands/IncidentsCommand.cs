using System.CommandLine;
using Aurelian.Response;
using Aurelian.Store;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian incidents</c>: who did what in a run, rebuilt from its timeline.</summary>
internal static class IncidentsCommand
{
    internal static Command Create()
    {
        Argument<string> run = new("run") { Description = "A run's folder, its id, or 'latest'", DefaultValueFactory =
            _ => "latest" };
        Option<string> runs = SharedOptions.RunsOption();
        Option<string> format = SharedOptions.FormatOption();
        Command command = new("incidents", "Shows who did what in a run, with evidence. Needs no root.")
        {
            run, runs, format,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            RunFolder folder = RunFolder.Find(parsed.GetValue(runs)!, parsed.GetValue(run)!);
            using TimelineReader timeline = TimelineReader.Open(folder.Timeline);
            RunSummary summary = RunRecord.Summarise(timeline.Read(), folder.Path);
            if (parsed.GetValue(format) == SharedOptions.FormatJson)
            {
                await SummaryJson.WriteAsync(summary, Console.OpenStandardOutput(), cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                IncidentsText.Write(summary, Console.Out);
            }

            return ExitCodes.Done;
        });
        return command.Teach("""
            Examples:
              aurelian incidents                     # of the newest run
              aurelian incidents runs/20260115-101500 --format json
            """);
    }
}
