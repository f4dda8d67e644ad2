namespace Aurelian.Investigation.Causes;

/// <summary>
/// The alerts that a scan looks at, by time, and what each is worth: log(1 + rate of the cause / ordinary rate) by
/// how many of the cause's calls run then and how many have just begun. The ordinary rate follows the log's slow
/// bursts, so that a burst speaks for a cause only by its edges.
/// </summary>
internal sealed class ScanAlerts
{
    public const int ActiveMax = 12;
    public const int OnsetMax = 3;
    private const int RateClasses = 12;
    private const double BandwidthSeconds = 1500;
    private const int Rows = (ActiveMax + 1) * (OnsetMax + 1);

    private readonly float[] _table;
    private readonly int[] _class;

    public ScanAlerts(double[] times, int[] types, double grain)
    {
        Times = times;
        double[] ordinary = OrdinaryRates(times);
        double mean = ordinary.Length == 0 ? 1 : ordinary.Average();
        int[] common = [.. types.GroupBy(t => t).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Take(2)
            .Select(g => g.Key)];
        double[] shares = [0, 0];
        for (int k = 0; k < common.Length; k++)
        {
            shares[k] = types.Count(t => t == common[k]) / (double)types.Length;
        }

        _class = new int[times.Length];
        for (int i = 0; i < times.Length; i++)
        {
            int rank = Array.IndexOf(common, types[i]);
            int rate = Math.Clamp((int)Math.Round((2 * Math.Log2(ordinary[i] / mean)) + 7), 0, RateClasses - 1);
            _class[i] = (rate * 3) + (rank < 0 ? 2 : rank);
        }

        _table = Table(mean, shares, grain);
    }

    public double[] Times { get; }

    /// <summary>Where the values for so many calls that run and have just begun stand in an alert's part.</summary>
    public static int RowOf(int active, int onset) =>
        ((Math.Min(active, ActiveMax) * (OnsetMax + 1)) + Math.Min(onset, OnsetMax)) * ScanHypotheses.Count;

    /// <summary>An alert's part of the table: at each row one value for every hypothesis.</summary>
    public ReadOnlySpan<float> Of(int alert) =>
        _table.AsSpan(_class[alert] * Rows * ScanHypotheses.Count, Rows * ScanHypotheses.Count);

    private static float[] Table(double mean, double[] shares, double grain)
    {
        float[] table = new float[RateClasses * 3 * Rows * ScanHypotheses.Count];
        double onsetWidth = ScanHypotheses.OnsetSeconds + grain;
        for (int at = 0; at < table.Length; at++)
        {
            int hypothesis = at % ScanHypotheses.Count, row = at / ScanHypotheses.Count;
            int onset = row % (OnsetMax + 1), active = row / (OnsetMax + 1) % (ActiveMax + 1), kind = row / Rows;
            double ordinary = mean * Math.Pow(2, ((kind / 3) - 7) / 2.0) * ScanHypotheses.Left(hypothesis);
            double rate = (active * ScanHypotheses.Active(hypothesis))
                + (onset * ScanHypotheses.Onset(hypothesis) / onsetWidth);
            table[at] = (float)Math.Log(
                1 + (rate * ScanHypotheses.Preference(hypothesis, kind % 3, shares) / ordinary));
        }

        return table;
    }

    // A triangle of ± the bandwidth over the other alerts, and the mean rate, in equal parts.
    private static double[] OrdinaryRates(double[] times)
    {
        double seconds = times.Length < 2 ? 1 : Math.Max(60, times[^1] - times[0]);
        double mean = Math.Max(1, times.Length) / seconds;
        double[] rates = new double[times.Length];
        int low = 0;
        for (int i = 0; i < times.Length; i++)
        {
            while (times[i] - times[low] > BandwidthSeconds)
            {
                low++;
            }

            double sum = 0;
            for (int j = low; j < times.Length && times[j] - times[i] < BandwidthSeconds; j++)
            {
                sum += j == i ? 0 : 1 - (Math.Abs(times[j] - times[i]) / BandwidthSeconds);
            }

            rates[i] = (mean + (sum / BandwidthSeconds)) / 2;
        }

        return rates;
    }
}
