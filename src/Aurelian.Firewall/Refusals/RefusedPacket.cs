using System.Buffers.Binary;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>Source, destination, transport and datagram from an IP packet's first bytes.</summary>
internal static class RefusedPacket
{
    private const int UdpHeader = 8;

    /// <summary>An IPv4 header longer than its fixed part: source routes, record route, router alert.</summary>
    internal static bool HasOptions(ReadOnlySpan<byte> packet) =>
        packet.Length > 0 && packet[0] >> 4 == 4 && (packet[0] & 0xF) > 5;

    /// <summary>What an unfragmented UDP packet carries; empty where it is none, or was cut.</summary>
    internal static ReadOnlySpan<byte> Datagram(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 20)
        {
            return default;
        }

        bool six = packet[0] >> 4 == 6;
        int header = six ? 40 : (packet[0] & 0xF) * 4;
        bool whole = six || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) == 0;
        if (!whole || (six ? packet[6] : packet[9]) != 17 || packet.Length < header + UdpHeader)
        {
            return default;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 4)..]);
        return length < UdpHeader || length > packet.Length - header
            ? default : packet.Slice(header + UdpHeader, length - UdpHeader);
    }

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
