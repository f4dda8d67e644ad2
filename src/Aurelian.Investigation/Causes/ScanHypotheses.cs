namespace Aurelian.Investigation.Causes;

/// <summary>
/// The readings of a cause that a scan tries side by side: how many alerts at a call's start, at which rate while it
/// runs, what share of the log other causes set off, and whether it prefers one of the log's two commonest alert
/// types. <see cref="Count"/> of them fill whole vectors.
/// </summary>
internal static class ScanHypotheses
{
    public const int Count = 32;
    public const int Types = 3;
    public const double OnsetSeconds = 4;
    private const double OwnTypeShare = 0.8;
    private const int Preferring = 30;

    private static readonly (double Onset, double Active, double Left)[] Rates =
    [
        (0.6, 0.003, 1), (0.6, 0.015, 1), (0.6, 0.06, 1), (0.2, 0.005, 1), (0.2, 0.2, 1), (0.6, 0.005, 0.6),
        (0.6, 0.015, 0.6), (0.6, 0.06, 0.35), (0, 0.015, 0.5), (0, 0.05, 0.3), (0, 0.015, 1),
    ];

    /// <summary>Alerts expected at a call's start, of one hypothesis.</summary>
    public static double Onset(int hypothesis) => Rates[hypothesis / Types].Onset;

    /// <summary>Alerts a second while a call runs, of one hypothesis.</summary>
    public static double Active(int hypothesis) => Rates[hypothesis / Types].Active;

    /// <summary>The share of the log that other causes set off, of one hypothesis.</summary>
    public static double Left(int hypothesis) => Rates[hypothesis / Types].Left;

    /// <summary>How much likelier an alert of a rank of types (0 and 1 the commonest two, 2 the others) is than in the
    /// log at large.</summary>
    public static double Preference(int hypothesis, int rank, ReadOnlySpan<double> shares)
    {
        int prefers = hypothesis < Preferring ? hypothesis % Types : 0;
        if (prefers == 0 || shares[prefers - 1] > OwnTypeShare)
        {
            return 1;
        }

        double own = shares[prefers - 1];
        return rank == prefers - 1 ? OwnTypeShare / Math.Max(own, 0.02) : (1 - OwnTypeShare) / (1 - own);
    }
}
