using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection.Sigma;

/// <summary>Rules written in a test, and what they find in events written beside them.</summary>
internal sealed class SigmaScene
{
    private readonly List<Finding> _findings = [];
    private long _seq;

    internal SigmaScene(params string[] rules)
    {
        Rules = SigmaRules.Read(rules.Select((text, index) =>
            new SigmaFile($"r{index}.yml", text, SigmaTrust.Contains)));
        Detector = new SigmaDetector(Rules);
    }

    internal SigmaRules Rules { get; }

    internal SigmaDetector Detector { get; }

    internal long NowNs { get; set; } = 1_000_000_000;

    internal IReadOnlyList<Finding> Findings => _findings;

    internal IEnumerable<string> Found => _findings.Select(finding => finding.Rule);

    /// <summary>A rule with one selection, for the log source that a test needs.</summary>
    internal static string Rule(string selection, string condition = "selection", string category = "process_creation",
        string? name = null, string more = "") => $"""
        title: A test rule
        {(name is null ? "" : $"name: {name}")}
        status: test
        logsource:
            category: {category}
            product: linux
        detection:
        {string.Join('\n', selection.Split('\n').Select(line => "    " + line))}
            condition: {condition}
        level: high
        {more}
        """;

    /// <summary>The one rule's reason for being refused.</summary>
    internal static string Refused(string rule)
    {
        SigmaScene scene = new(rule);
        Assert.Empty(scene.Rules.Rules);
        return Assert.Single(scene.Rules.Refusals).Reason;
    }

    /// <summary>Whether a rule with that selection matches a command line.</summary>
    internal static bool Matches(string selection, string image, params string[] arguments)
    {
        SigmaScene scene = new(Rule(
            "selection:\n" + string.Join('\n', selection.Split('\n').Select(line => "    " + line))));
        Assert.Empty(scene.Rules.Refusals);
        return scene.Exec(10, image, arguments)._findings.Count > 0;
    }

    internal SigmaScene Add(Fact fact, int? pid = 10, string call = "e1.c1", string sandbox = "e1", bool log = false)
    {
        NowNs += 1_000_000;
        Detector.Observe(
            new Event(++_seq, DateTimeOffset.UnixEpoch.AddTicks(NowNs / 100), NowNs, log ? new Subject(Pid: pid)
                : new Subject(new RunId("r"), null, new EpisodeId("e1"), new ToolCallId(call), new SandboxId(sandbox),
                    pid), fact),
            _findings);
        return this;
    }

    internal SigmaScene Exec(int pid, string image, params string[] arguments) => Exec(1, pid, image, arguments);

    internal SigmaScene Exec(int parent, int pid, string image, string[] arguments, string call = "e1.c1") => Add(
        new Fact.ProcessExecuted(
            parent, image, arguments.Length == 0 ? [image] : [.. arguments], false, false, "/work", "root"), pid, call);

    internal SigmaScene Connect(
        string address, int port, string? name = null, int pid = 10, string call = "e1.c1") => Add(
        new Fact.FlowOpened(
            new FlowId($"f{_seq}"), new Endpoint(IPAddress.Parse("100.64.0.2"), 40_000),
            new Endpoint(IPAddress.Parse(address), port), Transport.Tcp, name), pid, call);

    internal SigmaScene After(double seconds)
    {
        NowNs += (long)(seconds * 1e9);
        return this;
    }
}
