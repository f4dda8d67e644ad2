using System.Buffers.Binary;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>Source, destination and transport from the first bytes of an IP packet.</summary>
internal static class RefusedPacket
{
    /// <summary>An IPv4 header longer than its fixed part: source routes, record route, router alert.</summary>
    internal static bool HasOptions(ReadOnlySpan<byte> packet) =>
        packet.Length > 0 && packet[0] >> 4 == 4 && (packet[0] & 0xF) > 5;

    internal static bool TryRead(
        ReadOnlySpan<byte> packet, out Endpoint source, out Endpoint destination, out Transport transport)
    {
        source = destination = default;
        transport = Transport.Other;
        if (packet.Length < 20)
        {
            return false;
        }

        bool six = packet[0] >> 4 == 6;
        int header = six ? 40 : (packet[0] & 0xF) * 4;
        if (packet.Length < header || (!six && packet[0] >> 4 != 4))
        {
            return false;
        }

        int protocol = six ? packet[6] : packet[9];
        (int at, int size) = six ? (8, 16) : (12, 4);
        transport = protocol switch
        {
            6 => Transport.Tcp, 17 => Transport.Udp, 1 or 58 => Transport.Icmp, _ => Transport.Other,
        };
        bool ports = transport is Transport.Tcp or Transport.Udp && packet.Length >= header + 4;
        int from = ports ? BinaryPrimitives.ReadUInt16BigEndian(packet[header..]) : 0;
        int to = ports ? BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]) : 0;
        source = new Endpoint(new IPAddress(packet.Slice(at, size)), from);
        destination = new Endpoint(new IPAddress(packet.Slice(at + size, size)), to);
        return true;
    }
}
