using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

/// <summary>A timeline as other tools' files give it: no run, sandbox or call.</summary>
internal sealed class CaptureScene
{
    private readonly DetectorSet _detectors = DetectorSet.Standard();
    private readonly List<Finding> _findings = [];
    private long _seq;
    private long _nowNs = 1_700_000_000_000_000_000;

    internal IReadOnlyList<Finding> Findings => _findings;

    internal IEnumerable<Finding> High => _findings.Where(finding => finding.Severity >= Severity.High);

    internal static Endpoint At(string address, int port = 0) => new(IPAddress.Parse(address), port);

    internal CaptureScene Add(Fact fact, double afterSeconds = 0.01)
    {
        _nowNs += (long)(afterSeconds * 1e9);
        _detectors.Observe(
            new Event(++_seq, DateTimeOffset.UnixEpoch.AddTicks(_nowNs / 100), _nowNs, default, fact), _findings);
        return this;
    }

    internal CaptureScene Probe(string target, int port, string flags = "S", double afterSeconds = 0.1) => Add(
        new Fact.ProbeSeen(At("192.0.2.9", 40_000), At(target, port), Transport.Tcp, flags, false), afterSeconds);

    internal CaptureScene Asked(string name, string type = "A", double afterSeconds = 1) =>
        Add(new Fact.DnsAsked(name, type, "asked", null, true), afterSeconds);

    internal CaptureScene Ping(int bytes, int? replyBytes, bool? echoed, double afterSeconds = 1)
    {
        Add(new Fact.IcmpSeen(At("192.0.2.9"), At("203.0.113.7"), 8, bytes, null), afterSeconds);
        return replyBytes is { } back
            ? Add(new Fact.IcmpSeen(At("203.0.113.7"), At("192.0.2.9"), 0, back, echoed)) : this;
    }

    internal CaptureScene SshSession(
        string server, long back, long offered = 2600, double afterSeconds = 10, double lasting = 0)
    {
        FlowId flow = new($"1.f{_seq + 1}");
        return Add(new Fact.FlowClosed(
            flow, At("192.0.2.9", 40_000), At(server, 22), Transport.Tcp, null, "ssh", offered, offered, back, default,
            default(DateTimeOffset).AddSeconds(lasting), true, "seen in a capture"), afterSeconds);
    }
}
