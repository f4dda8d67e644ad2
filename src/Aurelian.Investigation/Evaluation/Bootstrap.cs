namespace Aurelian.Investigation;

/// <summary>
/// Intervals by drawing the files again with replacement (Efron's percentile bootstrap), from a fixed seed: the same
/// files give the same interval. For curves; shares have Wilson's interval.
/// </summary>
internal static class Bootstrap
{
    /// <summary>The chance that a wanted file scores above an honest one (Mann–Whitney), ties counted half.</summary>
    internal static double Area(IReadOnlyList<double> wanted, IReadOnlyList<double> others) =>
        wanted.Sum(each => others.Sum(other => each > other ? 1.0 : each == other ? 0.5 : 0))
            / (wanted.Count * (double)others.Count);

    internal static (double Low, double High) AreaInterval(double[] wanted, double[] others, int rounds, int seed)
    {
        Random random = new(seed);
        double[] areas = [.. Enumerable.Range(0, rounds).Select(_ => Area(
            [.. Draw(random, wanted.Length).Select(index => wanted[index])],
            [.. Draw(random, others.Length).Select(index => others[index])])).Order()];
        return Ends(areas);
    }

    private static int[] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(count))];

    private static (double Low, double High) Ends(double[] ordered) =>
        (ordered[(int)(ordered.Length * 0.025)], ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * 0.975))]);
}
