using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Private networks and anonymisers: WireGuard and OpenVPN by their handshakes, Tor by its names (medium; a made-up
/// name alone low).
/// </summary>
/// <remarks>Companies use private networks honestly, coding agents in a sandbox do not. Does not cover: bridges that
/// scramble their handshake.</remarks>
internal sealed class AnonymiserDetector : IDetector
{
    private const int FoundMax = 16_384;
    private const string Onion = ".onion";

    private readonly BoundedMap<(SandboxId?, ToolCallId?, string), bool> _found = new(FoundMax);

    public string Name => "tunnel-anonymiser";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        (string? what, FlowId? flow, Severity severity) = occurred.Fact switch
        {
            Fact.ProtocolSeen { Protocol: ProtocolNames.WireGuard } seen => ("WireGuard", seen.Flow, Severity.Medium),
            Fact.ProtocolSeen { Protocol: ProtocolNames.OpenVpn } seen => ("OpenVPN", seen.Flow, Severity.Medium),
            Fact.ProtocolSeen { Name: { } name } seen when name.EndsWith(Onion, StringComparison.Ordinal) =>
                ("Tor (a hidden service)", seen.Flow, Severity.Medium),
            Fact.DnsAsked asked when asked.Name.EndsWith(Onion, StringComparison.Ordinal) =>
                ("Tor (a hidden service)", asked.Flow, Severity.Medium),
            Fact.ProtocolSeen seen when seen.Traits.Contains(ProtocolTraits.TorLike) =>
                ("Tor, by a name that was made up", seen.Flow, Severity.Low),
            _ => ((string?)null, (FlowId?)null, Severity.Info),
        };
        if (what is null || !Actor.Acted(occurred.Subject))
        {
            return;
        }

        (SandboxId?, ToolCallId?, string) key = (occurred.Subject.Sandbox, occurred.Subject.Call, what);
        if (_found.Contains(key))
        {
            return;
        }

        _found.Set(key, true);
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Tunnel,
            Severity = severity,
            Confidence = severity == Severity.Low ? 0.3 : 0.8,
            Subject = occurred.Subject,
            Flow = flow,
            Evidence = [occurred.Seq],
            Explanation = $"spoke to {what}",
            Technique = severity == Severity.Low || what.StartsWith("Tor", StringComparison.Ordinal)
                ? "T1090.003" : "T1572",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }
}
