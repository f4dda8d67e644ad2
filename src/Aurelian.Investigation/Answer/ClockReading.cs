using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;
using Aurelian.Investigation.Sampling;

namespace Aurelian.Investigation.Answer;

/// <summary>The clock as it is answered: from joined flows, from the sampler, or unknown.</summary>
internal static class ClockReading
{
    /// <summary>Suspects that explain fewer alerts than this say nothing about the clock.</summary>
    private const double ExplainedMin = 5;
    private const double BeliefMin = 0.7;

    public static ClockEstimate Of(CaseFrame frame, JoinedFlows joined, CaseAnalysis? analysis)
    {
        ClockEstimate unknown = new()
        {
            Status = ClockStatus.Unknown, ZoneShiftSeconds = frame.Case.ZoneShiftSeconds, GrainSeconds = frame.Grain,
        };
        ClockEstimate estimated = analysis is { Posterior: { Clocks.Count: > 0 } posterior }
            && analysis.Belief >= BeliefMin && posterior.Background.Sum(b => 1 - b) >= ExplainedMin
            ? Sampled(unknown, frame, posterior.Space, posterior) : unknown;
        return joined.Clock is not { } clock ? estimated : estimated with
        {
            Status = ClockStatus.Exact, ReferenceTime = frame.Origin + clock.Reference,
            OffsetSeconds = clock.Offset + frame.Case.ZoneShiftSeconds,
            OffsetInterval = Shift(clock.OffsetInterval, frame.Case.ZoneShiftSeconds),
            DriftPpm = clock.DriftPpm, DriftInterval = clock.DriftInterval,
        };
    }

    private static ClockEstimate Sampled(
        ClockEstimate blank, CaseFrame frame, SampleSpace space, PosteriorSample posterior)
    {
        (double offset, Interval offsets) = Quantiles.Of(posterior.Clocks.Select(c => c.Offset));
        (double drift, Interval drifts) = Quantiles.Of(posterior.Clocks.Select(c => c.DriftPpm));
        (double lag, Interval lags) = Quantiles.Of(posterior.Clocks.Select(c => c.LagMedian));
        return blank with
        {
            Status = ClockStatus.Estimated, ReferenceTime = frame.Origin + space.Reference,
            OffsetSeconds = offset + frame.Case.ZoneShiftSeconds,
            OffsetInterval = Shift(offsets, frame.Case.ZoneShiftSeconds),
            DriftPpm = drift, DriftInterval = drifts, OnsetLagSeconds = lag, OnsetLagInterval = lags,
        };
    }

    private static Interval Shift(Interval interval, double by) => new(interval.Low + by, interval.High + by);
}
