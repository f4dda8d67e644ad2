namespace Aurelian.Investigation.Causes;

/// <summary>
/// Benjamini and Hochberg's q-values (1995): the smallest false discovery rate at which each test counts.
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
}
