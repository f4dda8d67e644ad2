using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>An evaluation as one self-contained HTML page.</summary>
public static class EvaluationPage
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
        table{border-collapse:collapse;margin:1rem 0;width:100%}
        th,td{border-bottom:1px solid #ddd;padding:.35rem .6rem;text-align:left;vertical-align:top}
        th{background:#f4f4f4}.bad{color:#a00;font-weight:600}.ok{color:#060}
        svg{background:#fafafa;border:1px solid #ddd;margin:.5rem}
        figure{display:inline-block;margin:.5rem}figcaption{font-size:.9em}
        """;

    public static void Write(EvaluationSummary summary, TextWriter writer)
    {
        writer.WriteLine("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">");
        writer.WriteLine($"<title>Aurelian: evaluation</title><style>{Style}</style><h1>Evaluation</h1>");
        writer.WriteLine("<p>Each file was replayed alone. <b>Recall</b> counts files with a finding that meets their "
            + "label, of severity medium or more; a <b>false alarm</b> is one of severity high or more that no label "
            + "asked for. Intervals: 95 %, Wilson's; of curves, bootstrap over files.</p>");
        Table(writer, ["class", "files", "found", "recall", "95 %", "time to detect, median", "longest", "bytes let "
            + "through, median"], summary.Classes.Select(each => new[]
        {
            each.Label, $"{each.Files}", $"{each.Found}", Share(each.Recall), Range(each.Interval),
            Seconds(each.MedianTimeToDetect), Seconds(each.LongestTimeToDetect), $"{each.MedianBytesLetThrough}",
        }));
        writer.WriteLine($"<p>False alarms: {summary.HonestAlarmed} of {summary.HonestFiles} honest files "
            + $"({Range(summary.HonestInterval)}); precision "
            + $"{(summary.Precision is { } precision ? Share(precision) : "unknown: no finding")}.</p>");
        if (summary.Attribution is { Right: var named, Wrong: var misnamed } && named + misnamed > 0)
        {
            writer.WriteLine($"<p>Attribution to the tool call: {named} right, {misnamed} wrong.</p>");
        }

        writer.WriteLine("<h2>Score against honest files</h2>");
        foreach (ClassCurve curve in summary.Curves)
        {
            Draw(curve, writer);
        }

        writer.WriteLine("<h2>Files</h2>");
        Table(writer, ["file", "label", "what", "result", "rule", "time to detect", "false alarms", "suspicions"],
            summary.Outcomes.Select(Row));
    }

    private static string[] Row(FileOutcome outcome) =>
    [
        outcome.File.Name, outcome.File.Label, outcome.File.What,
        outcome.File.Path is null ? "not there" : outcome.Missed ? "missed"
            : outcome.File.IsHonest ? "honest" : "found",
        outcome.Met is { } met ? $"{met.Finding.Rule}: {met.Finding.Explanation}" : "", Seconds(outcome.TimeToDetect),
        string.Join(", ", outcome.FalseAlarms.Select(found => found.Finding.Rule).Distinct()), $"{outcome.Suspicions}",
    ];

    private static void Table(TextWriter writer, string[] heads, IEnumerable<string[]> rows)
    {
        writer.WriteLine("<table><tr>" + string.Concat(heads.Select(head =>
            $"<th>{WebUtility.HtmlEncode(head)}</th>")));
        foreach (string[] row in rows)
        {
            writer.WriteLine("<tr>" + string.Concat(row.Select(cell =>
                $"<td{(cell is "missed" or "not there" ? " class=\"bad\"" : "")}>{WebUtility.HtmlEncode(cell)}</td>")));
        }

        writer.WriteLine("</table>");
    }

    private static void Draw(ClassCurve curve, TextWriter writer)
    {
        const int Size = 220;
        StringBuilder path = new();
        foreach ((double alarms, double found) in curve.Points)
        {
            path.Append(CultureInfo.InvariantCulture, $"{alarms * Size:0.#},{Size - (found * Size):0.#} ");
        }

        string name = WebUtility.HtmlEncode(curve.Label);
        writer.WriteLine($"<figure><svg width=\"{Size}\" height=\"{Size}\" role=\"img\" aria-label=\"{name}\">"
            + $"<line x1=\"0\" y1=\"{Size}\" x2=\"{Size}\" y2=\"0\" stroke=\"#ccc\"/>"
            + $"<polyline points=\"{path}\" fill=\"none\" stroke=\"#a00\" stroke-width=\"2\"/></svg>"
            + $"<figcaption>{name}: area {curve.Area.ToString("0.000", CultureInfo.InvariantCulture)} "
            + $"({Range(curve.Interval)}), {curve.Files} against {curve.Honest} honest</figcaption></figure>");
    }

    private static string Share(double share) => share.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Range((double Low, double High) interval) => $"{Share(interval.Low)}–{Share(interval.High)}";

    private static string Seconds(TimeSpan? time) => time is { } span
        ? span.TotalSeconds.ToString("0.00 s", CultureInfo.InvariantCulture) : "";
}
