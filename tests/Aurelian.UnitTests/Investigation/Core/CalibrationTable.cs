using System.Globalization;
using System.Text;
using Aurelian.Investigation;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>Rows added up to the tables of docs/INVESTIGATE.md.</summary>
internal static class CalibrationTable
{
    /// <summary>
    /// The expected calibration error: how far the likeliest answers' probabilities are from how often they are right,
    /// over ten bins.
    /// </summary>
    public static double Error(IReadOnlyCollection<CalibrationRow> rows) => Enumerable.Range(0, CalibrationRow.Bins)
        .Sum(b => Math.Abs(rows.Sum(r => r.Said[b]) - rows.Sum(r => r.Right[b]))) / rows.Sum(r => r.Alerts);

    public static string Of(IReadOnlyList<CalibrationRow> rows)
    {
        StringBuilder text = new();
        text.AppendLine("| setting | seeds | found | task first | in front | call first / oracle | one alive "
            + "| first two | 90 % set | ECE |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (IGrouping<string, CalibrationRow> of in rows.GroupBy(r => r.Setting))
        {
            CalibrationRow[] all = [.. of];
            int alerts = all.Sum(r => r.CulpritAlerts);
            double oracle = all.Sum(r => r.Oracle);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {of.Key} | {all.Length} "
                + $"| {Share(all.Count(r => r.Found), all.Length)} | {Share(all.Count(r => r.FirstTask), all.Length)} "
                + $"| {Share(all.Count(r => r.AllInFront), all.Length)} "
                + $"| {all.Sum(r => r.First) / Math.Max(1, oracle):f2} ({all.Sum(r => r.First)} / {oracle:f0}) "
                + $"| {Share(all.Sum(r => r.SingleFirst), all.Sum(r => r.Single))} "
                + $"| {Share(all.Sum(r => r.FirstTwo), alerts)} | {Share(all.Sum(r => r.InSet), alerts)} "
                + $"| {Error(all):f3} |");
        }

        text.AppendLine().AppendLine("| setting | clocks told | within 1 s | within 2 s | covered | half-width, s |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (IGrouping<string, CalibrationRow> of in rows.Where(r => r.ClockError is not null)
            .GroupBy(r => r.Setting))
        {
            CalibrationRow[] told = [.. of];
            double[] widths = [.. told.Select(r => r.HalfWidth!.Value).Order()];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {of.Key} | {told.Length} "
                + $"| {Share(told.Count(r => r.ClockError <= 1), told.Length)} "
                + $"| {Share(told.Count(r => r.ClockError <= 2), told.Length)} "
                + $"| {Share(told.Count(r => r.Covered), told.Length)} | {widths[widths.Length / 2]:f2} |");
        }

        text.AppendLine().AppendLine(
            CultureInfo.InvariantCulture, $"pooled expected calibration error: {Error(rows):f3}");
        return text.ToString();
    }

    private static string Share(int found, int of)
    {
        (double low, double high) = Wilson.Interval(found, of);
        return of == 0 ? "–" : string.Create(
            CultureInfo.InvariantCulture, $"{found / (double)of:f2} ({low:f2}–{high:f2})");
    }
}
