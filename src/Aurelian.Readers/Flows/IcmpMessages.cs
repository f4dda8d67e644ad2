using System.Buffers.Binary;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// ICMP (RFC 792, RFC 4443): echoes and whether they carry back what they were given, and ports that a host refused.
/// </summary>
internal sealed class IcmpMessages(FlowTable flows, FlowTeller teller)
{
    private const int RequestsMax = 4096;

    private readonly Dictionary<(UInt128, UInt128, uint), int> _requests = [];
    private readonly Queue<(UInt128, UInt128, uint)> _order = new();

    internal void Read(in IpPacket packet, long record)
    {
        ReadOnlySpan<byte> message = packet.Payload;
        if (message.Length < 8)
        {
            return;
        }

        bool six = packet.Protocol == IpPacket.Icmp6;
        int type = message[0];
        bool request = type == (six ? 128 : 8), reply = type == (six ? 129 : 0);
        ReadOnlySpan<byte> data = message[8..];
        bool? echoed = request || reply ? Match(packet, message, request) : null;
        teller.Tell(flows.NowNs, record, new Fact.IcmpSeen(
            new Endpoint(flows.Addresses.Of(packet.Source), 0), new Endpoint(flows.Addresses.Of(packet.Destination), 0),
            type, data.Length, echoed));
        bool portUnreachable = six ? type == 1 && message[1] == 4 : type == 3 && message[1] == 3;
        if (portUnreachable)
        {
            Refused(data, record);
        }
    }

    private bool? Match(in IpPacket packet, ReadOnlySpan<byte> message, bool request)
    {
        uint number = BinaryPrimitives.ReadUInt32BigEndian(message[4..]); // identifier and sequence
        int carried = Hash(message[8..]);
        if (!request)
        {
            return _requests.Remove((packet.Destination, packet.Source, number), out int asked)
                ? asked == carried : null;
        }

        var key = (packet.Source, packet.Destination, number);
        if (_requests.TryAdd(key, carried))
        {
            _order.Enqueue(key);
            if (_order.Count > RequestsMax)
            {
                _requests.Remove(_order.Dequeue());
            }
        }

        return null;
    }

    /// <summary>Often only ports and sequence come back: what is refused then is nearly always a SYN.</summary>
    private static string Flags(in IpPacket refused) => refused.Protocol == IpPacket.Udp ? ""
        : refused.Payload.Length < 14 ? "S" : new TcpSegment(0, refused.Payload[13] & 0x3F, []).Letters;

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        HashCode hash = default;
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    /// <summary>The beginning of the datagram that nobody wanted comes back with the message.</summary>
    private void Refused(ReadOnlySpan<byte> original, long record)
    {
        if (IpPacket.TryRead(original, out IpPacket packet) && packet.Payload.Length >= 4
            && packet.Protocol is IpPacket.Udp or IpPacket.Tcp)
        {
            teller.Tell(flows.NowNs, record, new Fact.ProbeSeen(
                new Endpoint(IpPacket.ToAddress(packet.Source), BinaryPrimitives.ReadUInt16BigEndian(packet.Payload)),
                new Endpoint(IpPacket.ToAddress(packet.Destination),
                    BinaryPrimitives.ReadUInt16BigEndian(packet.Payload[2..])),
                packet.Protocol == IpPacket.Udp ? Transport.Udp : Transport.Tcp, Flags(packet), Answered: false));
        }
    }
}
