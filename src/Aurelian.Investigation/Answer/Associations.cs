using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Answer;

/// <summary>The tested causes as they are answered: all with q ≤ 0.1, and the first twenty of each kind.</summary>
internal static class Associations
{
    private const double ShownQ = 0.1;
    private const int ShownMin = 20;

    public static IReadOnlyList<Association> Of(CaseFrame frame, CaseAnalysis analysis, ClockEstimate clock)
    {
        Dictionary<int, double> explained = ExplainedByCall(analysis);
        List<Association> shown = [];
        foreach (var kind in analysis.Causes.Select((c, i) => (Cause: c, Index: i)).GroupBy(c => c.Cause.Kind)
            .OrderBy(g => g.Key))
        {
            var ranked = kind.OrderBy(c => analysis.QValues[c.Index]).ThenBy(c => analysis.PValues[c.Index])
                .ThenByDescending(c => analysis.Peaks[c.Index]).ThenBy(c => c.Cause.Value, StringComparer.Ordinal)
                .Where((c, rank) => rank < ShownMin || analysis.QValues[c.Index] <= ShownQ);
            shown.AddRange(ranked.Select(c => One(frame, analysis, clock, c.Cause, c.Index, explained))
                .OrderBy(a => a.QValue).ThenBy(a => a.PValue).ThenByDescending(a => a.RateRatio)
                .ThenBy(a => a.Value, StringComparer.Ordinal));
        }

        return shown;
    }

    private static Association One(
        CaseFrame frame, CaseAnalysis analysis, ClockEstimate clock, Cause cause, int index,
        Dictionary<int, double> explained)
    {
        double? ratio = null;
        Interval? interval = null;
        // Without a clock nobody can say what ran when.
        if (clock.OffsetSeconds is { } offset && frame.Alerts > 0)
        {
            double reference = clock.ReferenceTime!.Value - frame.Origin, drift = clock.DriftPpm!.Value * 1e-6;
            offset -= frame.Case.ZoneShiftSeconds;
            (ratio, interval) = RateRatio.Of(frame, cause, t => offset + (drift * (t - reference)));
        }

        return new Association
        {
            Kind = cause.Kind, Value = cause.Value, PValue = analysis.PValues[index],
            QValue = analysis.QValues[index], RateRatio = ratio, Interval = interval,
            Alerts = cause.Calls.Sum(c => explained.GetValueOrDefault(c)),
        };
    }

    private static Dictionary<int, double> ExplainedByCall(CaseAnalysis analysis)
    {
        Dictionary<int, double> explained = [];
        foreach ((int call, double share) in analysis.Attribution?.Shares.SelectMany(s => s) ?? [])
        {
            explained[call] = explained.GetValueOrDefault(call) + (analysis.Belief * share);
        }

        return explained;
    }
}
