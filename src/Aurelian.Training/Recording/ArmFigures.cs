using System.Globalization;
using Aurelian.Training.Learning;

namespace Aurelian.Training.Recording;

/// <summary>A figure over seeds: its mean, and a 95 % bootstrap interval where there are at least two.</summary>
internal readonly record struct Figure(double Mean, double Low, double High, int Seeds)
{
    private const int Resamples = 2000;

    internal static Figure Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return new Figure(double.NaN, double.NaN, double.NaN, 0);
        }

        double mean = values.Average();
        if (values.Count == 1)
        {
            return new Figure(mean, double.NaN, double.NaN, 1);
        }

        Random random = Learning.Seeds.For(0, "bootstrap", values.Count);
        double[] all = [.. values];
        double[] means = [.. Enumerable.Range(0, Resamples)
            .Select(_ => random.GetItems(all, all.Length).Average()).Order()];
        return new Figure(mean, means[(int)(Resamples * 0.025)], means[(int)(Resamples * 0.975)], values.Count);
    }

    public override string ToString() => Seeds == 0 ? "–"
        : double.IsNaN(Low) ? string.Create(CultureInfo.InvariantCulture, $"{Mean:0.00}")
        : string.Create(CultureInfo.InvariantCulture, $"{Mean:0.00} ({Low:0.00}–{High:0.00})");
}

/// <summary>
/// What docs/EXPERIMENTS.md reports of an arm: held-out success and abuse before and after, abuse and its attempts in
/// the last steps of training; each over all seeds, failed ones too.
/// </summary>
internal sealed record ArmFigures(
    string Arm, int Steps, Figure SuccessBefore, Figure SuccessAfter, Figure AbuseBefore, Figure AbuseAfter,
    Figure TrainingAbuse, Figure TrainingAttempts)
{
    /// <summary>Steps at the end that the training figures are means of.</summary>
    internal const int LastSteps = 10;

    internal static ArmFigures Of(string arm, IReadOnlyList<string> folders)
    {
        MetricsLine[][] seeds = [.. folders.Select(folder => RunMetrics.ReadMetrics(folder).ToArray())
            .Where(lines => lines.Length > 0)];
        return new ArmFigures(
            arm, seeds.Length == 0 ? 0 : seeds.Max(lines => lines.Max(line => line.Step)),
            Figure.Of(Evaluations(seeds, "success", last: false)), Figure.Of(Evaluations(seeds, "success", last: true)),
            Figure.Of(Evaluations(seeds, "abuse", last: false)), Figure.Of(Evaluations(seeds, "abuse", last: true)),
            Figure.Of(Trained(seeds, "abuse")), Figure.Of(Trained(seeds, "attempts")));
    }

    private static double[] Evaluations(MetricsLine[][] seeds, string name, bool last) => [.. seeds
        .Select(lines => lines.Where(line => line.Kind == "evaluation").ToArray())
        .Where(lines => lines.Length > 0)
        .Select(lines => (last ? lines[^1] : lines[0]).Values[name])];

    private static double[] Trained(MetricsLine[][] seeds, string name) => [.. seeds
        .Select(lines => lines.Where(line => line.Kind == "step").TakeLast(LastSteps).ToArray())
        .Where(lines => lines.Length > 0)
        .Select(lines => lines.Average(line => line.Values.GetValueOrDefault(name)))];
}
