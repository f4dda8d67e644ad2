namespace Aurelian.Investigation.Loading;

/// <summary>How coarse stamps are: the largest usual unit that all of them are whole multiples of.</summary>
internal static class Grain
{
    /// <summary>Seconds, falling.</summary>
    private static readonly double[] Units = [60, 10, 1, 0.1, 0.01, 1e-3, 1e-6];

    /// <summary>Fewer stamps are whole minutes by chance.</summary>
    private const int StampsMin = 4;

    internal static double Of(IEnumerable<long> stampsNs)
    {
        long divisor = 0;
        int count = 0;
        foreach (long ns in stampsNs)
        {
            (divisor, count) = (Gcd(divisor, ns), count + 1);
        }

        return count == 0 ? 1 : Array.Find(
            Units, unit => divisor % (long)(unit * 1e9) == 0 && (unit <= 1 || count >= StampsMin)) is var found
            and > 0 ? found : Units[^1];
    }

    /// <summary>Unix seconds, without the error of a division by a billion.</summary>
    internal static double Floor(long ns, double grain)
    {
        long unit = (long)(grain * 1e9), whole = ns - (ns % unit);
        return (whole / 1_000_000_000) + (whole % 1_000_000_000 / 1000 / 1e6);
    }

    private static long Gcd(long one, long other)
    {
        while (other != 0)
        {
            (one, other) = (other, one % other);
        }

        return Math.Abs(one);
    }
}
