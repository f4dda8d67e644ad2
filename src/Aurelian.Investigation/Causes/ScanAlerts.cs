namespace Aurelian.Investigation.Causes;

/// <summary>
/// The alerts that a scan looks at, by time, and what each is worth to a call whose window holds it: 1 + (its rate if the
/// call misbehaves) / (its ordinary rate). The ordinary rate follows the slow bursts of the log, so that a burst speaks
/// for a call only by its edges; neither the misbehaving rate nor the cause's alert type is known, so several are tried.
/// </summary>
internal sealed class ScanAlerts
{
    public const double OnsetSeconds = 4;
    public const int Types = 3;
    public const int Rates = 2;
    private const double OwnTypeShare = 0.75;
    private const double BandwidthSeconds = 600;
    private const double FactorMax = 400;
    private static readonly double[] PerSecond = [0.008, 0.04];

    public ScanAlerts(double[] times, int[] types, double grain)
    {
        Times = times;
        Factor = new double[times.Length * Types * Rates];
        OnsetFactor = new double[times.Length * Types];
        OnsetWidth = OnsetSeconds + grain;
        double[] ordinary = OrdinaryRates(times);
        (int Type, double Share)[] shares = [.. types.GroupBy(t => t)
            .Select(g => (g.Key, g.Count() / (double)types.Length)).OrderByDescending(s => s.Item2).ThenBy(s => s.Key)];
        Dictionary<int, double> share = shares.ToDictionary(s => s.Type, s => s.Share);
        for (int i = 0; i < times.Length; i++)
        {
            for (int t = 0; t < Types; t++)
            {
                // The first hypothesis is a cause that sets off types as they come; the others prefer one of them.
                double prefers = t == 0 || t > shares.Length ? 1
                    : types[i] == shares[t - 1].Type ? OwnTypeShare / share[types[i]]
                    : (1 - OwnTypeShare) / Math.Max(0.02, 1 - shares[t - 1].Share);
                OnsetFactor[(i * Types) + t] = Math.Min(FactorMax, 1 + (prefers / (ordinary[i] * OnsetWidth)));
                for (int r = 0; r < Rates; r++)
                {
                    Factor[(((i * Types) + t) * Rates) + r] =
                        Math.Min(FactorMax, 1 + (PerSecond[r] * prefers / ordinary[i]));
                }
            }
        }
    }

    public double[] Times { get; }

    /// <summary>By alert, type hypothesis and rate.</summary>
    public double[] Factor { get; }

    /// <summary>By alert and type hypothesis: for an alert in a window's first seconds.</summary>
    public double[] OnsetFactor { get; }

    public double OnsetWidth { get; }

    /// <summary>The chance of no further alert in a window at a rate.</summary>
    public static double Quiet(int rate, double seconds) => Math.Exp(-PerSecond[rate] * seconds);

    /// <summary>The first alert at or after a time.</summary>
    public int From(double time)
    {
        int at = Array.BinarySearch(Times, time);
        if (at < 0)
        {
            return ~at;
        }

        while (at > 0 && Times[at - 1] >= time)
        {
            at--;
        }

        return at;
    }

    // A triangle of ± the bandwidth over the alerts, plus a tenth of the mean rate.
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

            rates[i] = (0.1 * mean) + (0.9 * sum / BandwidthSeconds);
        }

        return rates;
    }
}
