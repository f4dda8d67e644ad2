using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.Rules;

/// <param name="File">The test's file.</param>
/// <param name="Case">What the case is about, as its author wrote it.</param>
/// <param name="Detail">What happened instead; empty where it passed.</param>
public sealed record RuleTestResult(string File, string Case, bool Passed, string Detail);

/// <summary>
/// Tries rules on the events that stand beside them: <c>NAME.test.yml</c> has cases that must fire and look-alikes that
/// must stay quiet.
/// </summary>
public static class RuleTests
{
    private const long SecondNs = 1_000_000_000;
    private const int EventsMax = 100_000;

    private static readonly string[] Sides = ["fires", "quiet"];

    /// <summary>Every case of every test file, in order; a file that says no test is a case that failed.</summary>
    public static IReadOnlyList<RuleTestResult> Run(RuleFolder folder)
    {
        SigmaRules rules = SigmaRules.Read(folder.Rules);
        return [.. folder.Tests.SelectMany(test => Run(test, folder, rules))];
    }

    /// <summary>Files of rules that no test stands beside.</summary>
    public static IReadOnlyList<string> Untested(RuleFolder folder) => [.. folder.Rules
        .Where(rules => !folder.Tests.Any(test => RuleFolder.Belongs(test, rules))).Select(rules => rules.Name)];

    private static IEnumerable<RuleTestResult> Run(SigmaFile test, RuleFolder folder, SigmaRules rules)
    {
        SigmaFile? file = folder.Rules.FirstOrDefault(each => RuleFolder.Belongs(test, each));
        string[] names = [.. rules.Rules.Where(rule => rule.File == file?.Name && !rule.Silent)
            .Select(rule => rule.Name)];
        (IReadOnlyList<YamlNode> documents, string? mistake) = YamlText.Read(test.Text);
        if (file is null || names.Length == 0 || documents is not [YamlNode.Mapping cases])
        {
            yield return new RuleTestResult(test.Name, "the file", false, mistake ?? (file is null
                ? "no rule of the same name stands beside it"
                : names.Length == 0 ? rules.Refusals.FirstOrDefault(each => each.File == file.Name)?.Reason
                    ?? "its rule makes no finding" : "is no map with 'fires' and 'quiet'"));
            yield break;
        }

        foreach (YamlNode each in Cases(cases, "fires"))
        {
            yield return Run(test, each, true, rules, names);
        }

        foreach (YamlNode each in Cases(cases, "quiet"))
        {
            yield return Run(test, each, false, rules, names);
        }

        foreach (string side in Sides.Where(side => !Cases(cases, side).Any()))
        {
            yield return new RuleTestResult(test.Name, side, false, $"has no case under '{side}'");
        }
    }

    private static IEnumerable<YamlNode> Cases(YamlNode.Mapping cases, string side) =>
        (cases[side] as YamlNode.Sequence)?.Items ?? [];

    private static RuleTestResult Run(
        SigmaFile test, YamlNode node, bool fires, SigmaRules rules, string[] names)
    {
        YamlNode.Mapping? written = node as YamlNode.Mapping;
        string what = $"{(fires ? "fires" : "quiet")}: {written?.Text("what") ?? $"line {node.Line}"}";
        try
        {
            string[] found = [.. Find(written?["events"], node.Line, rules).Where(names.Contains).Distinct()];
            return new RuleTestResult(test.Name, what, found.Length > 0 == fires, found.Length > 0 == fires ? ""
                : fires ? $"none of {string.Join(", ", names)} fired" : $"{string.Join(", ", found)} fired");
        }
        catch (FormatException exception)
        {
            return new RuleTestResult(test.Name, what, false, exception.Message);
        }
    }

    private static IEnumerable<string> Find(YamlNode? events, int line, SigmaRules rules)
    {
        YamlNode.Sequence list = events is YamlNode.Sequence { Items.Count: > 0 and <= EventsMax } some ? some
            : throw new FormatException($"line {line}: a case has 'what' and a list of 'events'");
        DetectorSet detectors = DetectorSet.OfRules(rules);
        List<Finding> findings = [];
        long seq = 0, ns = SecondNs;
        foreach (YamlNode each in list.Items)
        {
            (Fact fact, int pid, double after) = TestEvents.Read(each);
            ns += (long)(after * SecondNs) + 1_000_000;
            EpisodeId episode = new("e1");
            detectors.Observe(
                new Event(++seq, DateTimeOffset.UnixEpoch.AddTicks(ns / TimeSpan.NanosecondsPerTick), ns,
                    new Subject(new RunId("test"), null, episode, ToolCallId.Numbered(episode, 1), new SandboxId("e1"),
                        pid), fact), findings);
        }

        return findings.Select(finding => finding.Rule);
    }
}
