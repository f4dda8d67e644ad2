using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Tunnels by what they say in the clear: the name of a tunnelling service's own entrance (medium), and a WebSocket
/// that is to carry chisel (high).
/// </summary>
/// <remarks>
/// The name asked for, never the address it led to. Does not cover: a service of one's own inside TLS.
/// </remarks>
internal sealed class TunnelServiceDetector : IDetector
{
    private const int FoundMax = 16_384;
    private const string Chisel = ProtocolTraits.Subprotocol + "chisel";

    private readonly BoundedMap<(SandboxId?, string), bool> _found = new(FoundMax);

    public string Name => "tunnel-service";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        (string? service, FlowId? flow, Severity severity) = occurred.Fact switch
        {
            Fact.ProtocolSeen { Direction: FlowDirection.Client } seen when IsChisel(seen) =>
                ("chisel", seen.Flow, Severity.High),
            _ when Named.TryRead(occurred.Fact, out string name, out FlowId? named) =>
                (TunnelServices.Of(name), named, Severity.Medium),
            _ => (null, (FlowId?)null, Severity.Info),
        };
        if (service is null || !Actor.Acted(occurred.Subject) || _found.Contains((occurred.Subject.Sandbox, service)))
        {
            return;
        }

        _found.Set((occurred.Subject.Sandbox, service), true);
        findings.Add(new Finding
        {
            Rule = Name,
            RuleVersion = 1,
            Category = Category.Tunnel,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.97 : 0.8,
            Subject = occurred.Subject,
            Flow = flow,
            Evidence = [occurred.Seq],
            Explanation = severity == Severity.High ? "opened a WebSocket that carries a chisel tunnel"
                : $"asked for the entrance of {service}, which lets the outside in",
            Technique = "T1572",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    private static bool IsChisel(Fact.ProtocolSeen seen)
    {
        foreach (string trait in seen.Traits)
        {
            if (trait.StartsWith(Chisel, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
