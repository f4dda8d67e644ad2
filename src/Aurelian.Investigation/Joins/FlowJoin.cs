using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Joins;

/// <summary>
/// Joins alerts with the host's flow records by both ends' addresses and ports. Tuples recur, so a join goes by time
/// too, and that needs the clock: the true pairs are those whose difference of stamps many others share.
/// </summary>
internal static class FlowJoin
{
    /// <summary>Two clocks may part by this much over a run, seconds a second.</summary>
    private const double DriftMax = 300e-6;

    /// <summary>From a flow's record to the stamp of its alert, beyond the stamp's own grain.</summary>
    private const double DelayMax = 3;
    private const int FitRounds = 4;

    private readonly record struct Pair(int Alert, int Flow, double Time, double Difference);

    public static JoinedFlows Join(CaseFrame frame, InvestigationOptions options)
    {
        if (frame.Case.Flows.Count == 0 || frame.Case.Alerts.Count == 0 || frame.Calls == 0)
        {
            return JoinedFlows.None;
        }

        List<Pair> pairs = Pairs(frame, options);
        double slack = DelayMax + (frame.Grain / 2) + (DriftMax * frame.TraceSeconds);
        if (Densest(pairs, slack) is not { } middle)
        {
            return JoinedFlows.None;
        }

        double offset = middle, drift = 0, reference = frame.TraceSeconds / 2;
        List<Pair> close = [];
        for (int round = 0; round < FitRounds; round++)
        {
            double within = round == 0 ? slack : DelayMax + (frame.Grain / 2);
            close = [.. pairs.Where(p => Math.Abs(p.Difference - offset - (drift * (p.Time - reference))) <= within)];
            (offset, drift) = Fit(close, reference, frame.Grain);
        }

        return new JoinedFlows
        {
            Alerts = Accept(frame, close, p => Math.Abs(p.Difference - offset - (drift * (p.Time - reference)))),
            Clock = Reading(close, reference, offset, drift, frame.Grain),
        };
    }

    // Both ends alike: as the firewall sees the flow (translated), or as the sandbox does where nothing translates.
    private static List<Pair> Pairs(CaseFrame frame, InvestigationOptions options)
    {
        Dictionary<(string?, int?, string?, int?), List<int>> flows = [];
        for (int i = 0; i < frame.Case.Flows.Count; i++)
        {
            CaseFlow flow = frame.Case.Flows[i];
            var key = (flow.TranslatedAddress ?? flow.SourceAddress, flow.TranslatedPort ?? flow.SourcePort,
                flow.DestinationAddress, flow.DestinationPort);
            if (key.Item2 is not null)
            {
                (flows.TryGetValue(key, out List<int>? list) ? list : flows[key] = []).Add(i);
            }
        }

        double shift = frame.Origin + frame.Case.ZoneShiftSeconds - (frame.Grain / 2);
        List<Pair> pairs = [];
        for (int i = 0; i < frame.Case.Alerts.Count; i++)
        {
            CaseAlert alert = frame.Case.Alerts[i];
            if (alert.SourcePort is null || !flows.TryGetValue(
                (alert.SourceAddress, alert.SourcePort, alert.DestinationAddress, alert.DestinationPort),
                out List<int>? same))
            {
                continue;
            }

            foreach (int flow in same)
            {
                double time = frame.Case.Flows[flow].Time - frame.Origin, difference = alert.Time - shift - time;
                if (Math.Abs(difference) <= 2 * options.OffsetRangeSeconds)
                {
                    pairs.Add(new Pair(i, flow, time, difference));
                }
            }
        }

        return pairs;
    }

    private static double? Densest(List<Pair> pairs, double slack)
    {
        double[] sorted = [.. pairs.Select(p => p.Difference).Order()];
        int best = 0, low = 0;
        double? middle = null;
        for (int high = 0; high < sorted.Length; high++)
        {
            while (sorted[high] - sorted[low] > slack)
            {
                low++;
            }

            if (high - low + 1 > best)
            {
                (best, middle) = (high - low + 1, sorted[low + ((high - low) / 2)]);
            }
        }

        return middle;
    }

    // Least squares with the drift held near zero, so that a few pairs close together do not swing it.
    private static (double Offset, double Drift) Fit(List<Pair> pairs, double reference, double grain)
    {
        if (pairs.Count == 0)
        {
            return (0, 0);
        }

        double variance = (grain * grain / 12) + 0.01, prior = variance / (120e-6 * 120e-6);
        double t = pairs.Average(p => p.Time - reference), d = pairs.Average(p => p.Difference);
        double tt = pairs.Sum(p => (p.Time - reference - t) * (p.Time - reference - t));
        double td = pairs.Sum(p => (p.Time - reference - t) * (p.Difference - d));
        double drift = td / (tt + prior);
        return (d - (drift * t), drift);
    }

    private static JoinedClock Reading(List<Pair> pairs, double reference, double offset, double drift, double grain)
    {
        // A stamp's grain bounds each pair; beyond it, records themselves come a little late.
        double variance = (grain * grain / 12) + 0.04, prior = variance / (120e-6 * 120e-6);
        double t = pairs.Average(p => p.Time - reference);
        double tt = pairs.Sum(p => (p.Time - reference - t) * (p.Time - reference - t)) + prior;
        double slope = 1.96 * Math.Sqrt(variance / tt), level = 1.96 * Math.Sqrt((variance / pairs.Count)
            + (t * t * variance / tt));
        return new JoinedClock(reference, offset, new Interval(offset - level, offset + level), drift * 1e6,
            new Interval((drift - slope) * 1e6, (drift + slope) * 1e6));
    }

    private static Dictionary<int, JoinedAlert> Accept(CaseFrame frame, List<Pair> close, Func<Pair, double> distance)
    {
        Dictionary<int, JoinedAlert> joined = [];
        SandboxBook book = new(frame);
        foreach (IGrouping<int, Pair> pairs in close.GroupBy(p => p.Alert))
        {
            Pair nearest = pairs.MinBy(distance);
            if (book.CallsOf(frame.Case.Flows[nearest.Flow], nearest.Time) is { } found)
            {
                joined[pairs.Key] = new JoinedAlert(nearest.Time, found.Episode, found.Calls);
            }
        }

        return joined;
    }
}
