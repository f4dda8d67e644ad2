namespace Aurelian.Investigation.Sampling;

/// <summary>An offset to begin from, how loudly the scan speaks for it, the calls that do, and the scan's hypothesis
/// about them.</summary>
internal sealed record StartingPoint(double Offset, double Height, IReadOnlyList<int> Calls, int Hypothesis);

/// <summary>
/// Parallel tempering (Swendsen and Wang 1986): chains over flattened likelihoods wander between readings of the clock,
/// and hand them down to the chain over the true one by exchanges. Alerts are read from the sharp chain; the clock's
/// intervals under a flattened likelihood, since the model's rates are smoother than the world's.
/// </summary>
internal static class TemperedSampler
{
    /// <summary>The likelihood's exponent in each chain.</summary>
    private static readonly double[] Betas = [1, 0.7, 0.5, 0.35, 0.22];

    /// <summary>The likelihood's exponent where the clock's intervals are read.</summary>
    private const double ClockBeta = 0.42;
    private const int ClockMoves = 3;
    private const int StartsMax = 14;
    private const int StartSweeps = 40;
    private const double StartBeta = 1;

    public static PosteriorSample Run(
        SampleSpace space, IReadOnlyList<StartingPoint> starts, double range, int sweeps, int seed,
        Action<double> progress)
    {
        (Chain Chain, double Height)[] tried = new (Chain, double)[Math.Min(StartsMax, starts.Count)];
        Parallel.For(0, tried.Length, k =>
        {
            Chain chain = new(space, new ClockParameters(starts[k].Offset, 0, 1, 0.6), StartBeta, range, Mix(seed, k),
                starts);
            chain.Kindle(starts[k]);
            double height = 0;
            for (int sweep = 0; sweep < StartSweeps; sweep++)
            {
                chain.Sweep();
                height += sweep < StartSweeps / 2 ? 0
                    : (StartBeta * chain.State.LogLikelihood) + chain.State.LogPrior;
            }

            tried[k] = (chain, height);
        });
        Chain[] best = [.. tried.OrderByDescending(c => c.Height).Select(c => c.Chain)];
        Chain[] chains = [.. Betas.Select((b, i) => new Chain(
            space, new ClockParameters(0, 0, 1, 0.6), b, range, Mix(seed, 1000 + i), starts))];
        for (int i = 0; i < chains.Length && best.Length > 0; i++)
        {
            // More chains than starts: the best start again, kindled anew.
            if (i < best.Length)
            {
                chains[i].State = best[i].State;
            }
        }

        return Sample(space, chains, sweeps, seed, progress);
    }

    /// <summary>Samples a stretch of the case from where the sampling of all of it ended: one chain.</summary>
    /// <param name="times">So many times as many alerts are looked at.</param>
    public static PosteriorSample Continue(
        SampleSpace space, ClockParameters clock, ChainState like, double times, double range, int sweeps, int seed)
    {
        Chain chain = new(space, clock, 1, range, Mix(seed, space.Alerts[0]), [], like, times);
        chain.KindleFound();
        PosteriorSample sample = new(space);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            chain.Sweep();
            if (sweep >= sweeps / 3)
            {
                sample.Clocks.Add(chain.State.Clock);
                sample.Take(chain.State);
            }
        }

        sample.Finish();
        return sample;
    }

    private static PosteriorSample Sample(
        SampleSpace space, Chain[] chains, int sweeps, int seed, Action<double> progress)
    {
        Random random = new(Mix(seed, 77));
        PosteriorSample sample = new(space);
        int burn = sweeps / 4;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            Parallel.ForEach(chains, chain => chain.Sweep());
            int lower = random.Next(chains.Length - 1);
            Chain cold = chains[lower], hot = chains[lower + 1];
            double log = (cold.Beta - hot.Beta) * (hot.State.LogLikelihood - cold.State.LogLikelihood);
            if (Math.Log(1 - random.NextDouble()) < log)
            {
                (cold.State, hot.State) = (hot.State, cold.State);
            }

            if (sweep >= burn)
            {
                if (sweep % 4 == 0)
                {
                    sample.Clocks.Add(chains[0].FlatClock(ClockBeta, ClockMoves));
                    sample.Take(chains[0].State);
                }
            }

            if (sweep % 50 == 0)
            {
                progress(sweep / (double)sweeps);
            }
        }

        sample.Finish();
        return sample;
    }

    private static int Mix(int seed, int what) => unchecked((seed * 1_000_003) + (what * 7919) + 4711);
}
