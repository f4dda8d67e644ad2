namespace Aurelian.Investigation.Sampling;

/// <summary>How the misbehaving calls of one task set off alerts. Rates are per second.</summary>
internal sealed class CulpritParameters
{
    /// <summary>Expected alerts at a call's start.</summary>
    public double Onset { get; set; } = 0.7;

    /// <summary>Rate while the call runs.</summary>
    public double Active { get; set; } = 0.02;

    /// <summary>Rate when it has just ended, as a share of the active rate.</summary>
    public double AfterShare { get; set; } = 0.15;

    /// <summary>How the rate after a call's end fades, seconds.</summary>
    public double AfterFade { get; set; } = 60;

    /// <summary>Rate after the start of a call that returns at once.</summary>
    public double Quick { get; set; } = 0.015;

    public double QuickFade { get; set; } = 150;

    /// <summary>The chance of each alert type.</summary>
    public double[] Types { get; set; } = [];

    /// <param name="times">How many times higher the copy's rates are.</param>
    public CulpritParameters Copy(double times = 1)
    {
        CulpritParameters copy = (CulpritParameters)MemberwiseClone();
        (copy.Onset, copy.Active, copy.Quick) = (times * Onset, times * Active, times * Quick);
        copy.Types = [.. Types];
        return copy;
    }

    /// <summary>Log prior density of what is sampled, on the scale it is sampled on (logarithms, and the types'
    /// simplex).</summary>
    public double LogPrior(double[] typeBase)
    {
        double log = Normal(Onset, 0.7, 0.6) + Normal(Active, 0.015, 1.2) + Normal(AfterShare, 0.12, 1.2)
            + Normal(AfterFade, 60, 0.7) + Normal(Quick, 0.012, 1.2) + Normal(QuickFade, 150, 0.7);
        // Few types a cause: a sparse Dirichlet round the log's own mix.
        for (int m = 0; m < Types.Length; m++)
        {
            log += ((2 * typeBase[m]) + 0.2) * Math.Log(Math.Max(Types[m], 1e-12));
        }

        return log;
    }

    private static double Normal(double value, double median, double sigma)
    {
        double z = Math.Log(value / median) / sigma;
        return -0.5 * z * z;
    }
}
