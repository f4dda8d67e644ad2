using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;

namespace Aurelian.Investigation;

/// <summary>Says which tool calls set off the firewall, as far as the data tell. Method: docs/INVESTIGATE.md.</summary>
public static class Investigator
{
    public static InvestigationAnswer Investigate(
        InvestigationCase @case,
        InvestigationOptions? options = null,
        IProgress<InvestigationProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(@case);
        options ??= new InvestigationOptions();
        CaseFrame frame = CaseFrame.Of(@case);
        progress?.Report(new InvestigationProgress("joining flow records", 0));
        JoinedFlows joined = FlowJoin.Join(frame, options);
        CaseAnalysis? analysis = null;
        if (frame.Alerts > 0 && frame.Calls > 0)
        {
            analysis = new CaseAnalysis(frame, options, joined, progress);
            analysis.Run();
        }

        ClockEstimate clock = ClockReading.Of(frame, joined, analysis);
        IReadOnlyList<Association> associations = analysis is null ? [] : Associations.Of(frame, analysis, clock);
        IReadOnlyList<AlertAnswer> alerts = new AlertAnswers(frame, joined, analysis).Of();
        Conclusion conclusion = frame.Alerts == 0 ? Conclusion.NothingToExplain
            : joined.Alerts.Count > 0 || analysis is { AnyFound: true } ? Conclusion.Found
            : Conclusion.CannotTell;
        return new InvestigationAnswer
        {
            Clock = clock, Associations = associations, Alerts = alerts, Conclusion = conclusion,
            Summary = Wording.Summary(frame, conclusion, clock, associations, alerts),
            WouldSettle = Wording.WouldSettle(frame, conclusion, clock, alerts),
        };
    }
}
