namespace Aurelian.Investigation.Sampling;

/// <summary>The clocks and the lag: an alert at trace time t is stamped t + Offset + Drift·(t − reference).</summary>
internal readonly record struct ClockParameters(double Offset, double DriftPpm, double LagMedian, double LagSigma)
{
    public const double DriftPpmPrior = 120;

    /// <summary>Offset flat; drift normal; the lag's median log-normal about a second.</summary>
    public double LogPrior()
    {
        double drift = DriftPpm / DriftPpmPrior, lag = Math.Log(LagMedian / 1.1) / 0.75;
        double sigma = Math.Log(LagSigma / 0.6) / 0.2;
        return -0.5 * ((drift * drift) + (lag * lag) + (sigma * sigma));
    }
}
