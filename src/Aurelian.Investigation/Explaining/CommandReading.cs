using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// Commands through the detectors that watch a live run: each text is the one call of an episode of its own, so that no
/// two commands are taken together, and time passes behind them for rules that wait.
/// </summary>
public static class CommandReading
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>Longer than any rule waits for a connection.</summary>
    private const int SecondsAfter = 120;

    /// <summary>For every text what the rules say of it, gravest first.</summary>
    public static IReadOnlyList<IReadOnlyList<CommandEvidence>> Read(IReadOnlyList<string> commands)
    {
        ArgumentNullException.ThrowIfNull(commands);
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> findings = [];
        List<CommandEvidence>?[] evidence = new List<CommandEvidence>?[commands.Count];
        long seq = 0, ns = 0;
        void Observe(Subject subject, Fact fact) => detectors.Observe(
            new Event(++seq, DateTimeOffset.UnixEpoch.AddTicks(ns / 100), ns, subject, fact), findings);
        for (int index = 0; index < commands.Count; index++)
        {
            EpisodeId episode = new($"e{index}");
            Subject subject = new(Episode: episode, Call: ToolCallId.Numbered(episode, 1));
            Observe(subject with { Call = null }, new Fact.EpisodeStarted(null, "", ""));
            Observe(subject, new Fact.ToolCallStarted(1, "bash", commands[index]));
            Observe(subject, new Fact.ToolCallEnded(null, false, false, 0, false, null));
            Keep(findings, evidence);
        }

        for (int second = 0; second < SecondsAfter; second++)
        {
            ns += SecondNs;
            Observe(default, new Fact.Tick());
        }

        Keep(findings, evidence);
        return [.. evidence.Select(each => each is null ? (IReadOnlyList<CommandEvidence>)[]
            : [.. each.OrderByDescending(one => one.Severity).ThenBy(one => one.Rule, StringComparer.Ordinal)])];
    }

    private static void Keep(List<Finding> findings, List<CommandEvidence>?[] evidence)
    {
        foreach (Finding finding in findings)
        {
            if (finding.Subject.Episode?.Value is { } episode && int.TryParse(episode.AsSpan(1), out int index))
            {
                (evidence[index] ??= []).Add(new CommandEvidence(
                    finding.Rule, finding.Category, finding.Severity, finding.Explanation, finding.Technique));
            }
        }

        findings.Clear();
    }
}
