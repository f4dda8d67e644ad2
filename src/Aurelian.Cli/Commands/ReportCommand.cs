using System.CommandLine;
using Aurelian.Response;
using Aurelian.Store;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian report</c>: one self-contained HTML page of a run.</summary>
internal static class ReportCommand
{
    internal static Command Create()
    {
        Argument<string> run = new("run") { Description = "A run's folder, its id, or 'latest'", DefaultValueFactory =
            _ => "latest" };
        Option<string> runs = SharedOptions.RunsOption();
        Option<string?> output = new("--out") { HelpName = "FILE", Description =
            "Where to write; default: report.html in the run's folder" };
        Command command = new("report", "Writes one HTML page with a run's timeline and incidents. Needs no root.")
        {
            run, runs, output,
        };
        command.SetAction(parsed =>
        {
            RunFolder folder = RunFolder.Find(parsed.GetValue(runs)!, parsed.GetValue(run)!);
            string file = parsed.GetValue(output) ?? folder.Report;
            using TimelineReader timeline = TimelineReader.Open(folder.Timeline);
            using (StreamWriter writer = new(file))
            {
                HtmlReport.Write(RunRecord.Summarise(timeline.Read(), folder.Path), timeline.Read(), writer);
            }

            Console.Out.WriteLine(file);
            return ExitCodes.Done;
        });
        return command.Teach("""
            Examples:
              aurelian report                        # of the newest run, into its folder
              aurelian report latest --out /tmp/run.html
            """);
    }
}
