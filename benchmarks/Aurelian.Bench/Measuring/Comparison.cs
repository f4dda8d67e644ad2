namespace Aurelian.Bench;

internal enum Better
{
    Lower,
    Higher,
}

/// <summary>One measurement of ours and one of the peer's, taken one right after the other.</summary>
internal readonly record struct Pair(double Ours, double Peer);

/// <summary>
/// Pairs alternate, so what else the machine does meets both sides alike, and the ratio is taken within each pair: its
/// median and a percentile bootstrap over pairs (Efron 1979) say how sure it is.
/// </summary>
internal static class Comparison
{
    private const int Resamples = 10_000;

    /// <summary>Measures ours first in one pair and the peer first in the next.</summary>
    internal static async Task<IReadOnlyList<Pair>> AlternateAsync(
        int pairs, Func<int, Task<double>> ours, Func<int, Task<double>> peer)
    {
        List<Pair> measured = [];
        for (int index = 0; index < pairs; index++)
        {
            double first = await (index % 2 == 0 ? ours : peer)(index).ConfigureAwait(false);
            double second = await (index % 2 == 0 ? peer : ours)(index).ConfigureAwait(false);
            measured.Add(index % 2 == 0 ? new Pair(first, second) : new Pair(second, first));
        }

        return measured;
    }

    internal static BenchResult Of(
        string name, string unit, Better better, string peerName, IReadOnlyList<Pair> pairs, double load)
    {
        double[] ratios = [.. pairs.Select(pair => better == Better.Lower ? pair.Peer / pair.Ours
            : pair.Ours / pair.Peer)];
        return new BenchResult(
            name, Median(pairs.Select(pair => pair.Ours)), Median(pairs.Select(pair => pair.Peer)), peerName,
            Median(ratios), unit, Interval(ratios), pairs.Count, load);
    }

    /// <summary>A figure without a peer.</summary>
    internal static BenchResult Alone(string name, string unit, double value, int runs, double load) =>
        new(name, value, null, null, null, unit, null, runs, load);

    internal static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    internal static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        double above = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + ((at - below) * (above - sorted[below]));
    }

    private static double[] Interval(double[] ratios)
    {
        Random random = new(ratios.Length);
        double[] medians = [.. Enumerable.Range(0, Resamples)
            .Select(_ => Median(ratios.Select(_ => ratios[random.Next(ratios.Length)])))];
        return [Quantile(medians, 0.025), Quantile(medians, 0.975)];
    }
}
