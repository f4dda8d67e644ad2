namespace Aurelian.Investigation.Answer;

/// <summary>Quantiles of draws.</summary>
internal static class Quantiles
{
    public static double At(double[] sorted, double share) =>
        sorted[Math.Clamp((int)Math.Round(share * (sorted.Length - 1)), 0, sorted.Length - 1)];

    /// <summary>The median and the central 95 %.</summary>
    public static (double Median, Interval Interval) Of(IEnumerable<double> draws)
    {
        double[] sorted = [.. draws.Order()];
        return (At(sorted, 0.5), new Interval(At(sorted, 0.025), At(sorted, 0.975)));
    }
}
