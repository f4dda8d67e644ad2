using System.CommandLine;
using Aurelian.Investigation;

namespace Aurelian.Cli.Commands;

/// <summary><c>aurelian evaluate</c>: the detectors against files whose content is known.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        Argument<string> folder = new("folder") { Description = "Where the files are sought, with labels.tsv" };
        Option<string?> labels = new("--labels")
        {
            HelpName = "FILE",
            Description = "Tab-separated: file, label, what it holds; default: labels.tsv in the folder",
        };
        Option<string?> report = new("--report") { HelpName = "FILE", Description = "Write an HTML page, too" };
        Command command = new("evaluate", "Measures the detectors on labelled files, class by class. Needs no root.")
        {
            folder, labels, report,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Execute(
            parsed.GetValue(folder)!, parsed.GetValue(labels), parsed.GetValue(report), cancellationToken)));
        return command.Teach("""
            Replays each file alone and prints what was found, what was missed, how long it took, and which honest files
            raised an alarm. Recall counts findings of severity medium or more, false alarms those of high.

            Labels: mining, tunnel, scan, bruteforce, exfiltration, metadata, resource, persistence, evasion, benign.

            Examples:
              aurelian evaluate corpus/ --report out.html
              aurelian evaluate captures/ --labels mine.tsv
            """);
    }

    private static int Execute(string folder, string? labels, string? report, CancellationToken cancellationToken)
    {
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

        EvaluationSummary summary = EvaluationSummary.Of(
            [.. files.Select(each => Evaluator.Run(each, cancellationToken))]);
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
