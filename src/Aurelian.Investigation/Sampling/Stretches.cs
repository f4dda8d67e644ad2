using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;

namespace Aurelian.Investigation.Sampling;

/// <summary>
/// Samples a case as a whole, or, when it is long, stretch by stretch: first in full one that holds about most of
/// the suspects' calls, then outwards from it, each stretch from its neighbour's clock and rates. Cost grows with the
/// number of stretches only.
/// </summary>
internal sealed class Stretches(
    CaseFrame frame, int[] tasks, IReadOnlySet<int> foundCells, InvestigationOptions options, JoinedClock? joined)
{
    /// <summary>So many alerts are sampled as a whole.</summary>
    public const int AlertsMax = 2500;
    private const int AlertsEach = 1500;
    private const int SweepsEach = 45;
    private const double LeadShare = 0.8;

    /// <summary>How far a neighbour's clock may be off, seconds.</summary>
    private const double NeighbourSeconds = 30;

    public (Attribution Attribution, PosteriorSample Lead) Run(
        Func<SampleSpace, IReadOnlyList<StartingPoint>> starts, int seed, Action<double> progress)
    {
        Attribution attribution = new(frame.Alerts);
        int[][] stretches = frame.Alerts <= AlertsMax
            ? [[.. Enumerable.Range(0, frame.Alerts)]]
            : [.. Enumerable.Range(0, frame.Alerts).Chunk(AlertsEach)];
        int[] calls = [.. stretches.Select(CallsWithin)];
        // Of those with nearly the most the one in the middle: from it both sides are equally far.
        int lead = Enumerable.Range(0, stretches.Length).Where(k => calls[k] >= LeadShare * calls.Max())
            .MinBy(k => Math.Abs((2 * k) + 1 - stretches.Length));
        double range = options.OffsetRangeSeconds;
        SampleSpace space = Space(stretches[lead], -range, range);
        PosteriorSample first = TemperedSampler.Run(space, starts(space), range, options.Sweeps, seed, progress);
        attribution.Take(first);
        if (stretches.Length > 1 && first.Last is not null)
        {
            List<PosteriorSample>[] sides = [[], []];
            Parallel.For(0, 2, side => Walk(stretches, lead, side == 0 ? -1 : 1, first, seed, sides[side]));
            sides.SelectMany(s => s).ToList().ForEach(attribution.Take);
        }

        return (attribution, first);
    }

    private void Walk(
        int[][] stretches, int lead, int step, PosteriorSample first, int seed, List<PosteriorSample> walked)
    {
        PosteriorSample near = first;
        ChainState rates = first.Last!;
        for (int k = lead + step; k >= 0 && k < stretches.Length; k += step)
        {
            ClockParameters clock = Middle(near);
            double middle = frame.AlertTime[stretches[k][stretches[k].Length / 2]];
            double offset = clock.Offset + (clock.DriftPpm * 1e-6 * (middle - clock.Offset - near.Space.Reference));
            SampleSpace space = Space(stretches[k], offset - NeighbourSeconds, offset + NeighbourSeconds);
            double moved = clock.Offset + (clock.DriftPpm * 1e-6 * (space.Reference - near.Space.Reference));
            if (space.Calls.Length == 0)
            {
                continue;
            }

            near = TemperedSampler.Continue(space, clock with { Offset = moved }, rates, options.OffsetRangeSeconds,
                SweepsEach, seed);
            rates = near.Last ?? rates;
            walked.Add(near);
        }
    }

    private static ClockParameters Middle(PosteriorSample sample)
    {
        double Median(Func<ClockParameters, double> of) =>
            sample.Clocks.Select(of).Order().ElementAt(sample.Clocks.Count / 2);
        return new ClockParameters(
            Median(c => c.Offset), Median(c => c.DriftPpm), Median(c => c.LagMedian), Median(c => c.LagSigma));
    }

    private SampleSpace Space(int[] alerts, double low, double high) => new(
        frame, tasks, alerts, foundCells, frame.AlertTime[alerts[0]] - high - frame.Grain,
        frame.AlertTime[alerts[^1]] - low + frame.Grain)
    {
        Clock = joined,
    };

    private int CallsWithin(int[] alerts)
    {
        double from = frame.AlertTime[alerts[0]], to = frame.AlertTime[alerts[^1]];
        int calls = 0;
        for (int c = 0; c < frame.Calls; c++)
        {
            bool within = !frame.IsBrief(c) && frame.Start[c] >= from && frame.Start[c] <= to;
            calls += within && Array.IndexOf(tasks, frame.Task[c]) >= 0 ? 1 : 0;
        }

        return calls;
    }
}
