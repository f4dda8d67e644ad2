using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>The figures of one class of files.</summary>
/// <param name="Interval">95 %, Wilson's.</param>
public sealed record ClassFigures(
    string Label, int Files, int Found, double Recall, (double Low, double High) Interval,
    TimeSpan? MedianTimeToDetect, TimeSpan? LongestTimeToDetect, long? MedianBytesLetThrough);

/// <summary>How well the score of what meets a label parts its files from the honest ones.</summary>
/// <param name="Points">(false alarms, found) as shares, as the threshold falls.</param>
public sealed record ClassCurve(
    string Label, int Files, int Honest, double Area, (double Low, double High) Interval,
    IReadOnlyList<(double FalseAlarms, double Found)> Points);

/// <summary>
/// An evaluation's figures. Recall counts findings of severity medium or more, false alarms those of high.
/// </summary>
public sealed record EvaluationSummary
{
    private const int Rounds = 2000;
    private const int Seed = 20_261_125;

    public required IReadOnlyList<FileOutcome> Outcomes { get; init; }

    public required IReadOnlyList<ClassFigures> Classes { get; init; }

    public required IReadOnlyList<ClassCurve> Curves { get; init; }

    public required int HonestFiles { get; init; }

    /// <summary>Honest files with a finding of severity high or more.</summary>
    public required int HonestAlarmed { get; init; }

    public required (double Low, double High) HonestInterval { get; init; }

    /// <summary>Of all high findings, the share that a label asked for, by file and category.</summary>
    public required double? Precision { get; init; }

    /// <summary>Findings of live episodes that name the right call, and that do not.</summary>
    public (int Right, int Wrong) Attribution => (
        Outcomes.Count(outcome => outcome.Attributed == true), Outcomes.Count(outcome => outcome.Attributed == false));

    public static EvaluationSummary Of(IReadOnlyList<FileOutcome> outcomes)
    {
        FileOutcome[] read = [.. outcomes.Where(outcome => outcome.File.Path is not null)];
        FileOutcome[] honest = [.. read.Where(outcome => outcome.File.IsHonest)];
        int alarmed = honest.Count(outcome => outcome.FalseAlarms.Count > 0);
        int right = read.Count(outcome => outcome.Met is { Finding.Severity: >= Severity.High });
        int wrong = read.Sum(outcome => outcome.FalseAlarms.Select(found => found.Finding.Category).Distinct().Count());
        return new EvaluationSummary
        {
            Outcomes = outcomes,
            Classes = [.. read.Where(outcome => !outcome.File.IsHonest).GroupBy(outcome => outcome.File.Label)
                .OrderBy(group => group.Key, StringComparer.Ordinal).Select(Figures)],
            Curves = [.. read.Where(outcome => !outcome.File.IsHonest).GroupBy(outcome => outcome.File.Label)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => Curve([.. group], honest, group.Key)).OfType<ClassCurve>()],
            HonestFiles = honest.Length,
            HonestAlarmed = alarmed,
            HonestInterval = Wilson.Interval(alarmed, honest.Length),
            Precision = right + wrong == 0 ? null : right / (double)(right + wrong),
        };
    }

    private static ClassFigures Figures(IGrouping<string, FileOutcome> group)
    {
        FileOutcome[] files = [.. group];
        TimeSpan[] times = [.. files.Select(file => file.TimeToDetect).OfType<TimeSpan>().Order()];
        long[] bytes = [.. files.Select(file => file.BytesLetThrough).OfType<long>().Order()];
        int found = files.Count(file => !file.Missed);
        return new ClassFigures(
            group.Key, files.Length, found, found / (double)files.Length,
            Wilson.Interval(found, files.Length),
            times.Length == 0 ? null : times[times.Length / 2], times.Length == 0 ? null : times[^1],
            bytes.Length == 0 ? null : bytes[bytes.Length / 2]);
    }

    /// <summary>Null: nothing of it has a score, or there is nothing to compare with.</summary>
    private static ClassCurve? Curve(FileOutcome[] files, FileOutcome[] honest, string label)
    {
        Category[] categories = [.. files.SelectMany(outcome => outcome.File.MetBy).Distinct()];
        double[] wanted = [.. files.Select(outcome => Score(outcome, outcome.File.MetBy))];
        double[] others = [.. honest.Select(outcome => Score(outcome, categories))];
        if (others.Length == 0 || wanted.Concat(others).All(score => score == 0))
        {
            return null;
        }

        (double, double)[] points = [.. wanted.Concat(others).Where(score => score > 0).Distinct().OrderDescending()
            .Select(threshold => (others.Count(score => score >= threshold) / (double)others.Length,
                wanted.Count(score => score >= threshold) / (double)wanted.Length))];
        return new ClassCurve(
            label, wanted.Length, others.Length, Bootstrap.Area(wanted, others),
            Bootstrap.AreaInterval(wanted, others, Rounds, Seed), [(0, 0), .. points, (1, 1)]);
    }

    private static double Score(FileOutcome outcome, IEnumerable<Category> categories) =>
        categories.Select(category => outcome.Scores.GetValueOrDefault(category)).DefaultIfEmpty().Max();
}
