using System.CommandLine;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian quickstart</c>: eight watched episodes against the simulated internet.</summary>
internal static class QuickstartCommand
{
    internal static Command Create()
    {
        Option<string> runs = SharedOptions.RunsOption();
        Option<string> format = SharedOptions.FormatOption();
        Command command = new(
            "quickstart", "Runs eight watched agents against a simulated internet; three are stopped.")
        {
            runs, format,
        };
        command.SetAction((parsed, cancellationToken) => ExecuteAsync(
            parsed.GetValue(runs)!, parsed.GetValue(format) == SharedOptions.FormatJson, cancellationToken));
        return command.Teach("""
            Eight scripted agents work on real tasks in watched sandboxes. Five are honest; three mine, tunnel and
            probe, and are stopped and named. Takes seconds once built; nothing leaves the machine.

            Exit code 0 exactly if the eight verdicts are the expected ones.
            """);
    }

    private static async Task<int> ExecuteAsync(string runs, bool json, CancellationToken cancellationToken)
    {
        (QuickstartPlan? quickstart, IReadOnlyList<string> mistakes) = QuickstartPlan.Load(runs);
        if (quickstart is null)
        {
            return BadInput.Say(mistakes);
        }

        RunSummary summary = await WatchedRun
            .ExecuteAsync(
                quickstart.Run, new QuickstartObserver(quickstart.Expected.Count), TimeProvider.System,
                cancellationToken)
            .ConfigureAwait(false);
        if (json)
        {
            await SummaryJson.WriteAsync(summary, Console.OpenStandardOutput(), cancellationToken)
                .ConfigureAwait(false);
        }

        bool expected = quickstart.Expected.Zip(summary.Episodes)
            .All(pair => pair.First == pair.Second.Verdict.State)
                && summary.Episodes.Count == quickstart.Expected.Count;
        QuickstartText.Write(summary, expected, json ? Console.Error : Console.Out);
        return expected ? ExitCodes.Done : ExitCodes.Broken;
    }
}
