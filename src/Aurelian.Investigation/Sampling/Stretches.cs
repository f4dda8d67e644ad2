using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;

namespace Aurelian.Investigation.Sampling;

/// <summary>
/// Samples a case as a whole. Of one with thousands of alerts evenly spaced ones tell the clock and the rates, over its
/// whole length, since in one stretch of a flood hardly any call begins or ends; then each stretch is sampled from
/// there by itself. Cost grows with the number of stretches only.
/// </summary>
internal sealed class Stretches(
    CaseFrame frame, int[] tasks, IReadOnlySet<int> foundCells, InvestigationOptions options, JoinedClock? joined)
{
    /// <summary>So many alerts are sampled as a whole.</summary>
    public const int AlertsMax = 2500;
    private const int AlertsEach = 1500;
    private const int SweepsEach = 45;

    /// <summary>How far a stretch's clock may be off the whole case's, seconds.</summary>
    private const double ApartSeconds = 30;

    public (Attribution Attribution, PosteriorSample Lead) Run(
        Func<SampleSpace, IReadOnlyList<StartingPoint>> starts, int seed, Action<double> progress)
    {
        Attribution attribution = new(frame.Alerts);
        double range = options.OffsetRangeSeconds;
        int[] spaced = Sorted.Spaced(frame.Alerts, AlertsMax);
        SampleSpace space = Space(spaced, -range, range);
        PosteriorSample first = TemperedSampler.Run(space, starts(space), range, options.Sweeps, seed, progress);
        if (spaced.Length == frame.Alerts)
        {
            attribution.Take(first);
        }
        else if (first.Last is not null)
        {
            int[][] stretches = [.. Enumerable.Range(0, frame.Alerts).Chunk(AlertsEach)];
            ClockParameters clock = Middle(first);
            PosteriorSample?[] sampled = new PosteriorSample?[stretches.Length];
            Parallel.For(0, stretches.Length, k => sampled[k] = One(stretches[k], clock, first, seed));
            sampled.OfType<PosteriorSample>().ToList().ForEach(attribution.Take);
        }

        return (attribution, first);
    }

    private PosteriorSample? One(int[] alerts, ClockParameters clock, PosteriorSample whole, int seed)
    {
        double OffsetAt(double time) => clock.Offset + (clock.DriftPpm * 1e-6 * (time - whole.Space.Reference));
        double offset = OffsetAt(frame.AlertTime[alerts[alerts.Length / 2]] - clock.Offset);
        SampleSpace space = Space(alerts, offset - ApartSeconds, offset + ApartSeconds);
        return space.Calls.Length == 0 ? null : TemperedSampler.Continue(
            space, clock with { Offset = OffsetAt(space.Reference) }, whole.Last!,
            frame.Alerts / (double)whole.Space.Alerts.Length, options.OffsetRangeSeconds, SweepsEach, seed);
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
}
