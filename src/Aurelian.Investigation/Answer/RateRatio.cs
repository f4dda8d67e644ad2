using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Answer;

/// <summary>How much more often alerts come while any call of a cause runs than while none does.</summary>
internal static class RateRatio
{
    private const double Normal95 = 1.959964;
    private const double AfterSeconds = 5;

    /// <param name="offsetAt">Firewall time minus trace time at a trace time.</param>
    public static (double Ratio, Interval Interval) Of(CaseFrame frame, Cause cause, Func<double, double> offsetAt)
    {
        double from = frame.AlertTime[0], to = Math.Max(from + 1, frame.AlertTime[^1]), seconds = 0;
        int inside = 0;
        foreach ((double start, double end) in Union(frame, cause, offsetAt))
        {
            double low = Math.Max(start, from), high = Math.Min(end, to);
            if (low < high)
            {
                seconds += high - low;
                inside += Count(frame.AlertTime, high) - Count(frame.AlertTime, low);
            }
        }

        double others = frame.Alerts - inside + 0.5, own = inside + 0.5, rest = Math.Max(1, to - from - seconds);
        double ratio = own / Math.Max(1, seconds) / (others / rest);
        double spread = Math.Exp(Normal95 * Math.Sqrt((1 / own) + (1 / others)));
        return (ratio, new Interval(ratio / spread, ratio * spread));
    }

    private static IEnumerable<(double Start, double End)> Union(
        CaseFrame frame, Cause cause, Func<double, double> offsetAt)
    {
        double start = double.NaN, end = double.NaN;
        foreach (int call in cause.Calls.OrderBy(c => frame.Start[c]))
        {
            double shift = offsetAt(frame.Start[call]);
            double from = frame.Start[call] + shift - (frame.Grain / 2);
            double to = frame.Start[call] + Math.Max(frame.WindowSeconds(call), AfterSeconds) + shift
                + (frame.Grain / 2);
            if (from <= end)
            {
                end = Math.Max(end, to);
                continue;
            }

            if (!double.IsNaN(start))
            {
                yield return (start, end);
            }

            (start, end) = (from, to);
        }

        if (!double.IsNaN(start))
        {
            yield return (start, end);
        }
    }

    private static int Count(double[] times, double before)
    {
        int low = 0, high = times.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = times[middle] < before ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
