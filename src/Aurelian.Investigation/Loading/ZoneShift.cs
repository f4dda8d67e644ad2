using System.Globalization;

namespace Aurelian.Investigation.Loading;

/// <summary>
/// By how much a firewall's stamps are off by a mistaken time zone. Alerts are spread over the time that the traces
/// cover and some minutes around it; a shift by a zone moves them all away from it. So the shift is sought that leaves
/// the fewest alerts outside; among equals a whole hour, and the one that centres them best.
/// </summary>
/// <remarks>
/// Covers shifts that show: stamps that miss the traces. Does not cover a shift that is small beside what the alerts
/// cover: those stay with the estimate of the offset.
/// </remarks>
internal static class ZoneShift
{
    /// <summary>Clocks that disagree, and alerts before and after the traces.</summary>
    private const double SlackSeconds = 1200;

    /// <summary>With so many alerts where the calls are, nothing is mistaken.</summary>
    private const double NoneMin = 0.9;

    private const int QuartersMin = -14 * 4, QuartersMax = 14 * 4;
    private const double QuarterSeconds = 900;

    /// <summary>Half and quarter hours that are some place's zone (tzdata), seconds ahead of UTC.</summary>
    private static readonly HashSet<double> UnevenZones =
        [-34_200, -12_600, -9000, 12_600, 16_200, 19_800, 20_700, 23_400, 31_500, 34_200, 35_100, 37_800, 45_900];

    /// <summary>The shift in seconds, a multiple of 900: firewall stamp = trace time + shift + the rest; null where no
    /// shift brings even a tenth of the alerts to the traces.</summary>
    internal static double? Find(IReadOnlyList<double> alerts, double start, double end)
    {
        if (alerts.Count == 0 || end <= start)
        {
            return null;
        }

        double[] sorted = [.. alerts.Order()];
        double Share(double shift) => (double)Inside(
            sorted, start + shift - SlackSeconds, end + shift + SlackSeconds) / sorted.Length;
        if (Share(0) >= NoneMin)
        {
            return 0;
        }

        // Where alerts cover a part of the traces only, their middle tells nothing.
        double centre = sorted[^1] - sorted[0] < (end - start) / 2 ? double.NaN
            : ((sorted[0] + sorted[^1]) / 2) - ((start + end) / 2);
        double best = 0, bestCost = double.MaxValue, bestInside = 0;
        for (int quarter = QuartersMin; quarter <= QuartersMax; quarter++)
        {
            double shift = quarter * QuarterSeconds;
            double inside = Share(shift), off = double.IsNaN(centre) ? 0 : Math.Abs(centre - shift) / 3600;
            double cost = (1 - inside) + Unlikely(shift) + (0.1 * Math.Min(off, 3));
            if (cost < bestCost)
            {
                (best, bestCost, bestInside) = (shift, cost, inside);
            }
        }

        return bestInside < 0.1 ? null : best;
    }

    /// <summary><c>+08:00</c>.</summary>
    internal static string Name(double shift) => string.Create(CultureInfo.InvariantCulture,
        $"{(shift < 0 ? '-' : '+')}{(int)Math.Abs(shift) / 3600:00}:{(int)Math.Abs(shift) / 60 % 60:00}");

    /// <summary>Most mistakes are none, then that of a whole hour.</summary>
    private static double Unlikely(double shift) => shift == 0 ? 0 : shift % 3600 == 0 ? 0.1
        : UnevenZones.Contains(shift) || UnevenZones.Contains(-shift) ? 0.115 : 0.13;

    private static int Inside(double[] sorted, double low, double high) =>
        Sorted.FirstFrom(sorted, high) - Sorted.FirstFrom(sorted, low);
}
