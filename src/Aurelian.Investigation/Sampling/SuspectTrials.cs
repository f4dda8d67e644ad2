using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Sampling;

/// <summary>
/// How well tasks explain the alerts alone: short chains from the clocks that the scan saw a task's calls at, and the
/// height of log posterior that the best of them stands at. The scan knows one rate for all of a task's calls; a chain
/// says which of them, so that a task with a few bad calls is not passed over. What chance reaches is asked as for the
/// scan, in rounds where every visit is turned by itself.
/// </summary>
internal sealed class SuspectTrials(CaseFrame frame, List<Cause> tasks, InvestigationOptions options)
{
    /// <summary>So many are enough for the scan; a trial's cost grows with them.</summary>
    public const int AlertsMax = 400;

    private const int TriedMax = 10;

    /// <summary>Where chance tries fewer a round there is nobody to compare with.</summary>
    private const int TriedMin = 5;
    private const int StartsMax = 5;
    private const int FirstSweeps = 20;
    private const int Sweeps = 40;
    private const int NullRounds = 16;

    private readonly CauseScan _scan = new(frame, tasks, frame.AlertTime, frame.AlertType, options.OffsetRangeSeconds,
        AssociationTest.StepOf(frame));

    /// <summary>
    /// The trial of every task (null of those that the scan hardly saw), and the chance of one as high.
    /// </summary>
    public (Trial?[] Trials, double[] PValues) Run(Action<double> progress)
    {
        Trial?[][] rounds = new Trial?[NullRounds + 1][];
        int done = 0;
        Parallel.For(0, rounds.Length, round =>
        {
            CaseFrame turned = round == 0 ? frame
                : frame.Turned(Rotation.Starts(frame, frame.Visit, frame.Visits, Mix(round)));
            rounds[round] = TryAll(turned, Mix(round));
            progress(Interlocked.Increment(ref done) / (double)rounds.Length);
        });
        // What was not tried would have stood no higher than the lowest that was.
        double least = rounds.SelectMany(r => r).OfType<Trial>().Select(t => t.Height).DefaultIfEmpty().Min();
        KindNull chance = new(frame, _scan, [.. Enumerable.Range(0, tasks.Count)], [.. rounds[1..].Select(
            r => (float[])[.. r.Select(t => (float)(t?.Height ?? least))])]);
        bool tells = rounds[1..].Sum(r => r.Count(t => t is not null)) >= TriedMin * NullRounds;
        return (rounds[0], [.. rounds[0].Select((t, i) => t is null || !tells ? 1 : chance.PValue(i, t.Height))]);
    }

    private Trial?[] TryAll(CaseFrame turned, int seed)
    {
        float[] peaks = _scan.Peaks(turned.Start);
        Trial?[] trials = new Trial?[tasks.Count];
        int[] alerts = [.. Enumerable.Range(0, frame.Alerts)];
        double from = frame.AlertTime[0] - options.OffsetRangeSeconds - frame.Grain;
        double to = frame.AlertTime[^1] + options.OffsetRangeSeconds + frame.Grain;
        foreach (int k in Enumerable.Range(0, tasks.Count).Where(k => peaks[k] > 0)
            .OrderByDescending(k => peaks[k]).ThenBy(k => k).Take(TriedMax))
        {
            int task = Array.IndexOf(frame.Tasks, tasks[k].Value);
            SampleSpace space = new(turned, [task], alerts, new HashSet<int>(), from, to);
            trials[k] = Try(space, [.. StartingPoints.Of(space, _scan, [k]).Take(StartsMax)], seed);
        }

        return trials;
    }

    // Every start for a while, the best of them to the end.
    private Trial? Try(SampleSpace space, StartingPoint[] starts, int seed)
    {
        (Chain Chain, double Height)? best = null;
        for (int k = 0; k < starts.Length; k++)
        {
            Chain chain = new(space, new ClockParameters(starts[k].Offset, 0, 1, 0.6), 1, options.OffsetRangeSeconds,
                unchecked(seed + k), []);
            chain.Kindle(starts[k]);
            double reached = Height(chain, FirstSweeps);
            best = best is { } known && known.Height >= reached ? known : (chain, reached);
        }

        if (best is not { Chain: { } sharp })
        {
            return null;
        }

        double height = Height(sharp, Sweeps);
        return new Trial(height, sharp.State.Clock,
            [.. Enumerable.Range(0, space.Time.Length).Where(i => sharp.State.Own(i) < sharp.State.BackgroundAt(i))]);
    }

    // The mean of the later half.
    private static double Height(Chain chain, int sweeps)
    {
        double height = 0;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            chain.Sweep();
            height += sweep < sweeps / 2 ? 0 : chain.State.LogLikelihood + chain.State.LogPrior;
        }

        return height / (sweeps - (sweeps / 2));
    }

    private int Mix(int round) => unchecked((options.Seed * 486_187_739) + (round * 104_729) + 99);
}

/// <summary>How one task explains the alerts alone.</summary>
/// <param name="Height">The log posterior that its chain stands at.</param>
/// <param name="Clock">The clock there.</param>
/// <param name="Left">The alerts that it leaves to others.</param>
internal sealed record Trial(double Height, ClockParameters Clock, int[] Left);
