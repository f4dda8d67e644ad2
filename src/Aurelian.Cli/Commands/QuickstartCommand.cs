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
        Option<bool> noTrain = new("--no-train") { Description = "Leave out the two minutes of training at the end" };
        Command command = new(
            "quickstart", "Runs eight watched agents on a simulated internet, stops three, then trains one.")
        {
            noTrain, runs, format,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            bool json = parsed.GetValue(format) == SharedOptions.FormatJson;
            int code = await ExecuteAsync(parsed.GetValue(runs)!, json, cancellationToken).ConfigureAwait(false);
            return code == ExitCodes.Done && !parsed.GetValue(noTrain)
                ? await TrainAsync(parsed.GetValue(runs)!, json, cancellationToken).ConfigureAwait(false)
                : code;
        });
        return command.Teach("""
            Eight scripted agents work on real tasks in watched sandboxes. Five are honest; three mine, tunnel and
            probe, and are stopped and named. Takes seconds once built; nothing leaves the machine.

            Then a tiny model is trained for about two minutes in such sandboxes, its reward flawed on purpose, and the
            verdict of each episode gates what it teaches (docs/EXPERIMENTS.md). '--no-train' leaves that out; where
            the training program is not built it is left out too, and said.

            Exit code 0 exactly if the eight verdicts are the expected ones and the training, where it ran, did not
            break.
            """);
    }

    /// <summary>Standard output belongs to the summary where it is for programs.</summary>
    private static async Task<int> TrainAsync(string runs, bool json, CancellationToken cancellationToken)
    {
        TextWriter words = json ? Console.Error : Console.Out;
        if (!TrainingProcess.IsBuilt)
        {
            words.WriteLine("The training program is not built, so nothing is trained: ./aurelian builds it where "
                + "NuGet can be reached, or: dotnet build src/Aurelian.Training -c Release");
            return ExitCodes.Done;
        }

        words.WriteLine("Now a tiny model is trained for about two minutes (--no-train leaves this out).");
        return await TrainingProcess.RunAsync(
            ["train", QuickstartPlan.TrainingJob, "--runs", runs], cancellationToken, outputToError: json)
            .ConfigureAwait(false);
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
