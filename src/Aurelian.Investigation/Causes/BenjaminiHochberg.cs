using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Causes;

/// <summary>
/// Benjamini and Hochberg's q-values (1995): the smallest false discovery rate at which each test counts. Tests may
/// weigh differently (Genovese, Roeder and Wasserman 2006), as long as weights do not look at the data.
/// </summary>
internal static class BenjaminiHochberg
{
    public static double[] QValues(IReadOnlyList<double> pValues)
    {
        int[] order = [.. Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]).ThenBy(i => i)];
        double[] q = new double[order.Length];
        double least = 1;
        for (int rank = order.Length; rank >= 1; rank--)
        {
            int i = order[rank - 1];
            least = Math.Min(least, pValues[i] * order.Length / rank);
            q[i] = least;
        }

        return q;
    }

    /// <summary>
    /// The same over several kinds: each has its share of the error, however many causes it has, so that hundreds of
    /// episodes do not drown a dozen tasks.
    /// </summary>
    /// <param name="kinds">The kind of each test.</param>
    /// <param name="share">What a kind weighs.</param>
    public static double[] QValues(
        IReadOnlyList<double> pValues, IReadOnlyList<CauseKind> kinds, Func<CauseKind, double> share)
    {
        Dictionary<CauseKind, int> counts = kinds.CountBy(k => k).ToDictionary(c => c.Key, c => c.Value);
        double sum = counts.Keys.Sum(share);
        return QValues([.. pValues.Select((p, i) =>
            p * counts[kinds[i]] * sum / (share(kinds[i]) * pValues.Count))]);
    }
}
