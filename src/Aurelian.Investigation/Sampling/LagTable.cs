namespace Aurelian.Investigation.Sampling;

/// <summary>The log-normal lag's distribution function, looked up: it is asked for millions of times.</summary>
internal static class LagTable
{
    private const double Reach = 6;
    private const int PerUnit = 256;
    private static readonly double[] Values = [.. Enumerable.Range(0, (int)(2 * Reach * PerUnit) + 2)
        .Select(i => Special.NormalCdf((i / (double)PerUnit) - Reach))];

    /// <summary>The chance that the lag is below <paramref name="seconds"/>.</summary>
    public static double Cdf(double seconds, double logMedian, double sigma)
    {
        if (seconds <= 0)
        {
            return 0;
        }

        double at = (((Math.Log(seconds) - logMedian) / sigma) + Reach) * PerUnit;
        if (at <= 0)
        {
            return 0;
        }

        int low = (int)at;
        if (low >= Values.Length - 1)
        {
            return 1;
        }

        double part = at - low;
        return (Values[low] * (1 - part)) + (Values[low + 1] * part);
    }
}
