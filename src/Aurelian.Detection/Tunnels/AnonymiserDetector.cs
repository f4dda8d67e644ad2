using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Private networks and anonymisers: WireGuard and OpenVPN by their handshakes, Tor by its names (medium; a made-up
/// name alone low). Live, where a handshake is refused and has no answer: one opening low, one that is repeated as
/// these programs do it medium.
/// </summary>
/// <remarks>Companies use private networks honestly, coding agents in a sandbox do not. Does not cover: bridges that
/// scramble their handshake; a client that repeats itself faster than these do (low).</remarks>
internal sealed class AnonymiserDetector : IDetector
{
    private const int FoundMax = 16_384;
    private const string Onion = ".onion";

    // WireGuard begins again after 5 s (its paper, §6.4), OpenVPN after 2 s, then 4. Whoever sends oftener than this
    // carries something else.
    private static readonly Handshake WireGuard = new(
        4_000_000_000, "tried to open WireGuard", "tried again and again to open WireGuard");
    private static readonly Handshake OpenVpn = new(
        1_500_000_000, "tried to open OpenVPN", "tried again and again to open OpenVPN");

    private readonly BoundedMap<(SandboxId?, ToolCallId?, string), bool> _found = new(FoundMax);
    private readonly BoundedMap<(SandboxId?, ToolCallId?, Endpoint), Attempt> _attempts = new(FoundMax);

    public string Name => "tunnel-anonymiser";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (!Actor.Acted(occurred.Subject))
        {
            return;
        }

        switch (occurred.Fact)
        {
            case Fact.ProtocolSeen { Protocol: ProtocolNames.WireGuard } seen:
                Find(occurred, findings, "spoke to WireGuard", Severity.Medium, seen.Flow);
                break;
            case Fact.ProtocolSeen { Protocol: ProtocolNames.OpenVpn } seen:
                Find(occurred, findings, "spoke to OpenVPN", Severity.Medium, seen.Flow);
                break;
            case Fact.PacketRefused { Opening.Protocol: ProtocolNames.WireGuard } refused:
                Try(occurred, refused.Destination, WireGuard, findings);
                break;
            case Fact.PacketRefused { Opening.Protocol: ProtocolNames.OpenVpn } refused:
                Try(occurred, refused.Destination, OpenVpn, findings);
                break;
            case Fact fact when Named.TryRead(fact, out string name, out FlowId? flow)
                && name.EndsWith(Onion, StringComparison.Ordinal):
                Find(occurred, findings, "spoke to Tor (a hidden service)", Severity.Medium, flow);
                break;
            case Fact.ProtocolSeen seen when seen.Traits.Contains(ProtocolTraits.TorLike):
                Find(occurred, findings, "spoke to Tor, by a name that was made up", Severity.Low, seen.Flow);
                break;
        }
    }

    private void Try(
        Event occurred, Endpoint destination, Handshake handshake, ICollection<Finding> findings)
    {
        (SandboxId?, ToolCallId?, Endpoint) key = (occurred.Subject.Sandbox, occurred.Subject.Call, destination);
        bool known = _attempts.TryFind(key, out Attempt before);
        _attempts.Set(key, new Attempt(occurred.Seq, occurred.MonotonicNs));
        if (!known)
        {
            Find(occurred, findings, handshake.Once, Severity.Low, null);
        }
        else if (occurred.MonotonicNs - before.AtNs >= handshake.PauseNs)
        {
            Find(occurred, findings, handshake.Again, Severity.Medium, null, before.Seq);
        }
    }

    private void Find(
        Event occurred, ICollection<Finding> findings, string explanation, Severity severity, FlowId? flow,
        long? before = null)
    {
        (SandboxId?, ToolCallId?, string) key = (occurred.Subject.Sandbox, occurred.Subject.Call, explanation);
        if (_found.Contains(key))
        {
            return;
        }

        _found.Set(key, true);
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 2,
            Category = Category.Tunnel,
            Severity = severity,
            Confidence = severity == Severity.Low ? 0.3 : 0.8,
            Subject = occurred.Subject,
            Flow = flow,
            Evidence = before is { } first ? [first, occurred.Seq] : [occurred.Seq],
            Explanation = explanation,
            Technique = explanation.Contains("Tor", StringComparison.Ordinal) ? "T1090.003" : "T1572",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private readonly record struct Attempt(long Seq, long AtNs);

    /// <param name="PauseNs">The least that a client of it waits for its answer.</param>
    private sealed record Handshake(long PauseNs, string Once, string Again);
}
