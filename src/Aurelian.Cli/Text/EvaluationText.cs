using System.Globalization;
using Aurelian.Investigation;
using Spectre.Console;

namespace Aurelian.Cli;

/// <summary>An evaluation's tables for people.</summary>
internal static class EvaluationText
{
    internal static void Write(EvaluationSummary summary, TextWriter writer)
    {
        IAnsiConsole console = Consoles.For(writer);
        Table classes = new Table().Border(TableBorder.Rounded);
        classes.AddColumns("class", "files", "found", "recall", "95 %", "time to detect (median, longest)", "bytes");
        foreach (ClassFigures each in summary.Classes)
        {
            classes.AddRow(
                each.Label, $"{each.Files}", $"{each.Found}", Share(each.Recall),
                $"{Share(each.Interval.Low)}–{Share(each.Interval.High)}",
                $"{Seconds(each.MedianTimeToDetect)}, {Seconds(each.LongestTimeToDetect)}",
                $"{each.MedianBytesLetThrough}");
        }

        console.Write(classes);
        foreach (FileOutcome outcome in summary.Outcomes.Where(each =>
            each.Missed || each.FalseAlarms.Count > 0 || each.Partial || each.Shortfall is not null))
        {
            string said = outcome.File.Path is null ? "not there" : outcome.Missed ? "missed" : "";
            string alarms = string.Join(", ", outcome.FalseAlarms.Select(found => found.Finding.Rule).Distinct());
            writer.WriteLine($"{TerminalText.Safe(outcome.File.Name)} ({outcome.File.Label}): {said}"
                + $"{(alarms.Length > 0 ? $" false alarm {alarms}" : "")}{(outcome.Partial ? " (partial)" : "")}"
                + (outcome.Shortfall is { } shortfall ? $" ({TerminalText.Safe(shortfall)})" : ""));
        }

        writer.WriteLine($"False alarms: {summary.HonestAlarmed} of {summary.HonestFiles} honest files "
            + $"({Share(summary.HonestInterval.Low)}–{Share(summary.HonestInterval.High)}); suspicions in "
            + $"{summary.Outcomes.Count(each => each.Suspicions > 0)}");
        foreach (ClassCurve curve in summary.Curves)
        {
            writer.WriteLine($"{TerminalText.Safe(curve.Label)}: area under the ROC curve {Share(curve.Area)} "
                + $"({Share(curve.Interval.Low)}–{Share(curve.Interval.High)})");
        }

        if (summary.Attribution is { Right: var right, Wrong: var wrong } && right + wrong > 0)
        {
            writer.WriteLine($"Attribution to the tool call: {right} right, {wrong} wrong");
        }

        writer.WriteLine($"Precision of high findings: {(summary.Precision is { } share ? Share(share) : "unknown")}");
    }

    private static string Share(double share) => share.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan? time) =>
        time is { } span ? span.TotalSeconds.ToString("0.00 s", CultureInfo.InvariantCulture) : "–";
}
