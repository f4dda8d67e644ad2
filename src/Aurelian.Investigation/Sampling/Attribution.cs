namespace Aurelian.Investigation.Sampling;

/// <summary>By each alert of the frame: the chance that no suspect call caused it, and that of each call.</summary>
internal sealed class Attribution
{
    public Attribution(int alerts)
    {
        Background = new double[alerts];
        Array.Fill(Background, 1);
        Shares = new IReadOnlyDictionary<int, double>[alerts];
        Array.Fill(Shares, new Dictionary<int, double>());
    }

    public double[] Background { get; }

    /// <summary>By index into the frame's calls.</summary>
    public IReadOnlyDictionary<int, double>[] Shares { get; }

    public void Take(PosteriorSample posterior)
    {
        SampleSpace space = posterior.Space;
        for (int i = 0; i < space.Alerts.Length; i++)
        {
            Background[space.Alerts[i]] = posterior.Background[i];
            Shares[space.Alerts[i]] = posterior.SharesOf(i).ToDictionary(s => space.Calls[s.Key], s => s.Value);
        }
    }
}
