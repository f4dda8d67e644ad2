using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The name that an event shows somebody asked for, whatever the way: DNS, SNI, Host, a refused datagram's.
/// </summary>
internal static class Named
{
    internal static bool TryRead(Fact fact, out string name, out FlowId? flow)
    {
        (string? found, flow) = fact switch
        {
            Fact.DnsAsked asked => (asked.Name, asked.Flow),
            Fact.ProtocolSeen { Direction: FlowDirection.Client } seen => (seen.Name, seen.Flow),
            Fact.PacketRefused refused => (refused.Opening?.Name, null),
            _ => (null, null),
        };
        name = found ?? "";
        return found is not null;
    }
}
