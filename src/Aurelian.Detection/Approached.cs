using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>Where an event shows that a sandbox tried to reach, whatever the way it tried.</summary>
internal static class Approached
{
    internal static bool TryRead(Fact fact, out Endpoint destination, out FlowId? flow)
    {
        (bool found, destination, flow) = fact switch
        {
            Fact.ConnectAttempted connect => (true, connect.Destination, (FlowId?)null),
            Fact.DatagramSent datagram => (true, datagram.Destination, null),
            Fact.FlowOpened opened => (true, opened.Destination, opened.Flow),
            Fact.PacketRefused refused => (true, refused.Destination, null),
            _ => (false, default, null),
        };
        return found;
    }
}
