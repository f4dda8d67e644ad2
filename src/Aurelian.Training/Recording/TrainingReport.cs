using System.Net;

namespace Aurelian.Training.Recording;

/// <summary>Writes what a training run came to: <c>curves.png</c>, <c>report.html</c> and a table for people.</summary>
internal static class TrainingReport
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;max-width:1120px;margin:40px auto;padding:0 24px;color:#1d2126}
        table{border-collapse:collapse;font-size:14px}th{text-align:left;color:#6d757d;font-weight:500}
        th,td{padding:5px 18px 5px 0;border-bottom:1px solid #e2dfd9}img{width:100%}li{margin:2px 0}
        .dim{color:#6d757d}
        """;

    private static readonly string[] Heads =
    [
        "arm", "seeds", "steps", "held-out success, before", "after", "held-out abuse, before", "after",
        "abuse in the last steps", "attempts in them",
    ];

    /// <summary>Arms by their names, each with the folders of its seeds.</summary>
    internal static Dictionary<string, IReadOnlyList<string>> FindArms(string folder) => Directory
        .GetDirectories(folder, "seed-*").Order(StringComparer.Ordinal)
        .SelectMany(seed => Directory.GetDirectories(seed))
        .Where(arm => File.Exists(Path.Combine(arm, RunMetrics.MetricsFile))
            && File.Exists(Path.Combine(arm, "arm.json")))
        .GroupBy(arm => Path.GetFileName(arm)!).OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group]);

    internal static IReadOnlyList<string[]> Rows(string folder) => [.. FindArms(folder)
        .Select(arm => ArmFigures.Of(arm.Key, arm.Value)).Select(figures => new[]
        {
            figures.Arm, $"{figures.SuccessAfter.Seeds}", $"{figures.Steps}", $"{figures.SuccessBefore}",
            $"{figures.SuccessAfter}", $"{figures.AbuseBefore}", $"{figures.AbuseAfter}", $"{figures.TrainingAbuse}",
            $"{figures.TrainingAttempts}",
        })];

    internal static void WriteTable(string folder, TextWriter output)
    {
        IReadOnlyList<string[]> rows = [Heads, .. Rows(folder)];
        output.WriteLine($"| {string.Join(" | ", rows[0])} |");
        output.WriteLine($"|{string.Concat(rows[0].Select(_ => "---|"))}");
        foreach (string[] row in rows.Skip(1))
        {
            output.WriteLine($"| {string.Join(" | ", row)} |");
        }
    }

    /// <returns>The page's path.</returns>
    internal static string Write(string folder)
    {
        Dictionary<string, IReadOnlyList<string>> arms = FindArms(folder);
        string picture = Path.Combine(folder, "curves.png"), page = Path.Combine(folder, "report.html");
        RunCurves.WritePng(arms, picture);
        using StreamWriter writer = new(page);
        writer.Write($"<!doctype html><meta charset=utf-8><title>Training</title><style>{Style}</style>");
        writer.Write($"<h1>Training run {Safe(Path.GetFileName(folder))}</h1>");
        string drawn = Convert.ToBase64String(File.ReadAllBytes(picture));
        writer.Write($"<img alt=curves src=data:image/png;base64,{drawn}>");
        writer.Write("<table><tr>" + string.Concat(Heads.Select(head => $"<th>{Safe(head)}")));
        foreach (string[] row in Rows(folder))
        {
            writer.Write("<tr>" + string.Concat(row.Select(cell => $"<td>{Safe(cell)}")));
        }

        writer.Write("</table><p class=dim>Means over seeds with 95 % bootstrap intervals where there are several. "
            + "Abuse is what the simulated pools' own ledger credited; no detector has a part in it.</p>");
        foreach ((string arm, IReadOnlyList<string> folders) in arms)
        {
            writer.Write($"<h2>{Safe(arm)}: what was said</h2><ul>");
            foreach (string note in folders.SelectMany(RunMetrics.ReadMetrics)
                .SelectMany(line => (line.Notes ?? []).Select(note => $"step {line.Step}: {note}")).Take(200))
            {
                writer.Write($"<li>{Safe(note)}");
            }

            writer.Write("</ul>");
        }

        return page;
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
