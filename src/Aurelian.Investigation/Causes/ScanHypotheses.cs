namespace Aurelian.Investigation.Causes;

/// <summary>
/// The readings of a cause that a scan tries side by side: how many alerts at a call's start, at which rate while it
/// runs, and whether it prefers one of the log's two commonest alert types. <see cref="Count"/> of them fill one
/// vector.
/// </summary>
internal static class ScanHypotheses
{
    public const int Count = 16;
    public const int Types = 3;
    public const double OnsetSeconds = 4;
    private const double OwnTypeShare = 0.8;

    private static readonly (double Onset, double Active)[] Rates =
        [(0.6, 0.003), (0.6, 0.015), (0.6, 0.06), (0.2, 0.005), (0.2, 0.2)];

    /// <summary>Alerts expected at a call's start, of one hypothesis.</summary>
    public static double Onset(int hypothesis) => hypothesis < 15 ? Rates[hypothesis / Types].Onset : 0;

    /// <summary>Alerts a second while a call runs, of one hypothesis.</summary>
    public static double Active(int hypothesis) => hypothesis < 15 ? Rates[hypothesis / Types].Active : 0.015;

    /// <summary>How much likelier an alert of a rank of types (0 and 1 the commonest two, 2 the others) is than in the
    /// log at large.</summary>
    public static double Preference(int hypothesis, int rank, ReadOnlySpan<double> shares)
    {
        int prefers = hypothesis < 15 ? hypothesis % Types : 0;
        if (prefers == 0 || shares[prefers - 1] > OwnTypeShare)
        {
            return 1;
        }

        double own = shares[prefers - 1];
        return rank == prefers - 1 ? OwnTypeShare / Math.Max(own, 0.02) : (1 - OwnTypeShare) / (1 - own);
    }
}
