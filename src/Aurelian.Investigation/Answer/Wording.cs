using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Answer;

/// <summary>The answer in plain sentences, and what would settle the rest.</summary>
internal static class Wording
{
    private const double NarrowSeconds = 2;

    public static string Summary(
        CaseFrame frame, Conclusion conclusion, ClockEstimate clock, IReadOnlyList<Association> associations,
        IReadOnlyList<AlertAnswer> alerts)
    {
        if (conclusion == Conclusion.NothingToExplain)
        {
            return "There is no usable alert to explain.";
        }

        List<string> sentences = [];
        int exact = alerts.Count(a => a.Exact);
        Association[] found = [.. associations.Where(a => a.QValue <= CaseAnalysis.Found)];
        Association[] tasks = [.. found.Where(a => a.Kind == CauseKind.Task)];
        if (exact > 0)
        {
            sentences.Add($"{exact} of {alerts.Count} alerts are joined to a sandbox by flow records.");
        }

        if (tasks.Length > 0)
        {
            sentences.Add($"{List(tasks)} coincide{(tasks.Length == 1 ? "s" : "")} with alerts more than chance "
                + $"allows, and explain{(tasks.Length == 1 ? "s" : "")} about {tasks.Sum(t => t.Alerts ?? 0):f0} of "
                + $"{frame.Alerts} distinct alerts.");
        }
        else if (found.Length > 0)
        {
            sentences.Add($"{Name(found[0])} coincides with alerts more than chance allows; no task alone does.");
        }
        else
        {
            sentences.Add(
                "No task, command, episode, checkpoint or step coincides with alerts more than chance allows.");
        }

        if (clock is { OffsetSeconds: { } offset, OffsetInterval: { } interval })
        {
            sentences.Add($"The firewall's clock is {Math.Abs(offset):f1} s {(offset < 0 ? "behind" : "ahead of")} "
                + $"the traces' ({interval.Low:f1} to {interval.High:f1} s).");
        }
        else
        {
            sentences.Add("The data do not tell how far the clocks are apart.");
        }

        return string.Join(" ", sentences);
    }

    public static IReadOnlyList<string> WouldSettle(
        CaseFrame frame, Conclusion conclusion, ClockEstimate clock, IReadOnlyList<AlertAnswer> alerts)
    {
        bool open = alerts.Any(a => !a.Exact && (a.Candidates.Count == 0 || a.Candidates[0].Probability < 0.9));
        List<string> logs = [];
        if (conclusion == Conclusion.NothingToExplain || !open)
        {
            return logs;
        }

        logs.Add(frame.Case.Flows.Count == 0
            ? "the NAT or conntrack log of the host behind the alerts' source address: translated address and port, "
                + "with times, joins each alert to one sandbox"
            : "the flows that the given log lacks: conntrack events for the whole run, from every host behind the "
                + "alerts' source address");
        logs.Add("connections by process inside the sandboxes (auditd connect and execve, Falco): they part the calls "
            + "of one sandbox from each other and from what outlives them");
        if (clock.OffsetInterval is not { } interval || interval.High - interval.Low > 2 * NarrowSeconds)
        {
            logs.Add("the clocks' difference, from NTP or chrony logs of the firewall and the rollout hosts");
        }

        if (frame.Grain > 1)
        {
            logs.Add($"the firewall's own stamps in seconds or better: these are rounded to {frame.Grain:f0} s");
        }

        return logs;
    }

    private static string List(Association[] causes) => string.Join(" and ", causes.Select(Name));

    private static string Name(Association cause) =>
        $"{cause.Kind.ToString().ToLowerInvariant()} {cause.Value}";

}
