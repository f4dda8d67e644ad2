using System.Collections.Immutable;
using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

/// <summary>Writes a short timeline and collects what the standard detectors find in it.</summary>
internal sealed class Scene
{
    internal static readonly SandboxId Sandbox = new("e1");
    internal static readonly ToolCallId Call = new("e1.c1");

    private readonly DetectorSet _detectors = DetectorSet.Standard();
    private readonly List<Finding> _findings = [];
    private long _seq;
    private int _flows;

    internal long NowNs { get; set; } = 1_000_000_000;

    internal List<Event> Events { get; } = [];

    internal IReadOnlyList<Finding> Findings => _findings;

    internal IEnumerable<Finding> High => _findings.Where(finding => finding.Severity >= Severity.High);

    internal Scene Add(Fact fact, int? pid = 10, ToolCallId? call = null, bool canary = false)
    {
        NowNs += 1_000_000;
        Event occurred = new(
            ++_seq, DateTimeOffset.UnixEpoch.AddTicks(NowNs / 100), NowNs,
            new Subject(new RunId("r"), null, new EpisodeId("e1"), canary ? null : call ?? Call, Sandbox, pid), fact);
        Events.Add(occurred);
        _detectors.Observe(occurred, _findings);
        return this;
    }

    internal Scene Exec(int pid, params string[] arguments) => Add(
        new Fact.ProcessExecuted(1, arguments[0].StartsWith('/') ? arguments[0] : $"/usr/bin/{arguments[0]}",
            [.. arguments], false, false), pid);

    internal FlowId Flow(string address, int port, string? name = null, int pid = 10)
    {
        FlowId flow = new($"f{++_flows}");
        Add(new Fact.FlowOpened(
            flow, new Endpoint(IPAddress.Parse("100.64.0.2"), 40000 + _flows), new Endpoint(IPAddress.Parse(address),
                port),
            Transport.Tcp, name), pid);
        return flow;
    }

    internal Scene Said(
        FlowId flow, string protocol, string? method, string? name = null, bool server = false, int pid = 10,
        params string[] traits) => Add(
        new Fact.ProtocolSeen(
            flow, protocol, server ? FlowDirection.Server : FlowDirection.Client, method, name, [.. traits]), pid);

    internal Scene Tick(double seconds)
    {
        NowNs += (long)(seconds * 1e9);
        return Add(new Fact.Tick(), null);
    }
}
