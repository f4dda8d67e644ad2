using System.CommandLine;
using Aurelian.Investigation;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian evaluate</c>: the detectors against files whose content is known.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        Argument<string> folder = new("folder")
        {
            Description = "Of files with labels.tsv, or of live scenarios with scenarios.toml",
        };
        Option<string?> labels = new("--labels")
        {
            HelpName = "FILE",
            Description = "Tab-separated: file, label, what it holds; default: labels.tsv in the folder",
        };
        Option<string?> report = new("--report") { HelpName = "FILE", Description = "Write an HTML page, too" };
        Option<string[]> only = new("--only")
        {
            HelpName = "NAME",
            Description = "Of scenarios: those whose name contains NAME; may be repeated",
            DefaultValueFactory = _ => [],
        };
        Option<string> runs = SharedOptions.RunsOption();
        Command command = new(
            "evaluate", "Measures the detectors on labelled files, or on live scenarios, class by class.")
        {
            folder, labels, report, only, runs,
        };
        command.SetAction((parsed, cancellationToken) => ExecuteAsync(
            parsed.GetValue(folder)!, parsed.GetValue(labels), parsed.GetValue(report), parsed.GetValue(only) ?? [],
            parsed.GetValue(runs)!, cancellationToken));
        return command.Teach("""
            Replays each file alone and prints what was found, what was missed, how long it took, and which honest files
            raised an alarm. Recall counts findings of severity medium or more, false alarms those of high. Files need
            no root; scenarios do: each is a program run in a watched sandbox against the simulated internet, and the
            finding must name the tool call that did it.

            Labels: mining, tunnel, scan, bruteforce, exfiltration, metadata, resource, persistence, evasion, benign.

            Examples:
              aurelian evaluate corpus/ --report out.html
              aurelian evaluate captures/ --labels mine.tsv
              aurelian evaluate scenarios/ --only mining
            """);
    }

    private static async Task<int> ExecuteAsync(
        string folder, string? labels, string? report, string[] only, string runs, CancellationToken cancellationToken)
    {
        if (labels is null && File.Exists(ScenarioFile.In(folder)))
        {
            return await ExecuteScenariosAsync(folder, report, only, runs, cancellationToken).ConfigureAwait(false);
        }

        string file = labels ?? Path.Combine(folder, "labels.tsv");
        if (!Directory.Exists(folder) || !File.Exists(file))
        {
            return BadInput.Say(Directory.Exists(folder) ? $"{file}: there is no such file."
                : $"{folder}: there is no such folder.");
        }

        List<string> mistakes = [];
        IReadOnlyList<LabelledFile> files = LabelsFile.Read(file, folder, mistakes);
        if (mistakes.Count > 0 || files.Count == 0)
        {
            return BadInput.Say(mistakes.Append(files.Count == 0 ? $"{file} names no file." : "").Where(each =>
                each.Length > 0));
        }

        return Tell(EvaluationSummary.Of([.. files.Select(each => Evaluator.Run(each, cancellationToken))]), report);
    }

    private static async Task<int> ExecuteScenariosAsync(
        string folder, string? report, string[] only, string runs, CancellationToken cancellationToken)
    {
        List<string> mistakes = [];
        Scenario[] scenarios = [.. ScenarioFile.Read(folder, mistakes).Where(scenario =>
            only.Length == 0 || only.Any(name => scenario.Name.Contains(name, StringComparison.Ordinal)))];
        if (mistakes.Count > 0 || scenarios.Length == 0)
        {
            return BadInput.Say(mistakes.Append(scenarios.Length == 0
                ? $"{ScenarioFile.In(folder)} has no scenario of that name." : "").Where(each => each.Length > 0));
        }

        (IReadOnlyList<FileOutcome> outcomes, IReadOnlyList<string> wrong) = await ScenarioRun.ExecuteAsync(
            folder, scenarios, runs, new ScenarioObserver(scenarios), TimeProvider.System, cancellationToken)
            .ConfigureAwait(false);
        return wrong.Count > 0 ? BadInput.Say(wrong) : Tell(EvaluationSummary.Of(outcomes), report);
    }

    private static int Tell(EvaluationSummary summary, string? report)
    {
        EvaluationText.Write(summary, Console.Out);
        if (report is not null)
        {
            using StreamWriter writer = new(report);
            EvaluationPage.Write(summary, writer);
            Console.Out.WriteLine(report);
        }

        return ExitCodes.Done;
    }
}
