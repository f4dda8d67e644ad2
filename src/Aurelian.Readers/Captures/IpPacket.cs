using System.Buffers.Binary;
using System.Net;

namespace Aurelian.Readers;

/// <summary>The header of an IP packet (RFC 791, RFC 8200) and what it carries.</summary>
internal ref struct IpPacket
{
    internal const byte Icmp = 1, IpInIp = 4, Tcp = 6, Udp = 17, Ip6InIp = 41, Icmp6 = 58;
    private const int ExtensionsMax = 8;

    /// <summary>An IPv4 address as IPv6 maps it: one kind of key for both.</summary>
    internal UInt128 Source { get; private set; }

    internal UInt128 Destination { get; private set; }

    internal byte Protocol { get; private set; }

    internal ReadOnlySpan<byte> Payload { get; private set; }

    internal uint FragmentId { get; private set; }

    internal int FragmentOffset { get; private set; }

    internal bool MoreFragments { get; private set; }

    internal readonly bool IsFragment => MoreFragments || FragmentOffset > 0;

    internal static bool TryRead(ReadOnlySpan<byte> bytes, out IpPacket packet)
    {
        packet = default;
        return !bytes.IsEmpty && (bytes[0] >> 4) switch
        {
            4 => packet.TryRead4(bytes),
            6 => packet.TryRead6(bytes),
            _ => false,
        };
    }

    /// <summary>The packet that its fragments make.</summary>
    internal readonly IpPacket With(ReadOnlySpan<byte> payload) => this with
    {
        Payload = payload, FragmentOffset = 0, MoreFragments = false,
    };

    internal static IPAddress ToAddress(UInt128 address)
    {
        if (address >> 32 == 0xFFFF)
        {
            // The parser of bytes wants them as they stand in the packet.
            return new IPAddress(BinaryPrimitives.ReverseEndianness((uint)address));
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    internal static UInt128 Mapped(uint address) => ((UInt128)0xFFFF << 32) | address;

    private bool TryRead4(ReadOnlySpan<byte> bytes)
    {
        int header = (bytes[0] & 15) * 4;
        if (header < 20 || bytes.Length < header)
        {
            return false;
        }

        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        // A length of 0 is a packet that the network card was to split: what was captured is what there is.
        int end = total < header ? bytes.Length : Math.Min(total, bytes.Length);
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        FragmentId = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        MoreFragments = (fragment & 0x2000) != 0;
        FragmentOffset = (fragment & 0x1FFF) * 8;
        Protocol = bytes[9];
        Source = Mapped(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]));
        Destination = Mapped(BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        Payload = bytes[header..end];
        return true;
    }

    private bool TryRead6(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 40)
        {
            return false;
        }

        Source = BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]);
        Destination = BinaryPrimitives.ReadUInt128BigEndian(bytes[24..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        ReadOnlySpan<byte> rest = bytes[40..];
        rest = length == 0 ? rest : rest[..Math.Min(length, rest.Length)];
        byte next = bytes[6];
        for (int count = 0; count < ExtensionsMax; count++)
        {
            switch (next)
            {
                // Hop-by-hop, routing and destination options; the length counts 8 bytes beyond the first 8.
                case 0 or 43 or 60 when rest.Length >= 8 && rest.Length >= (rest[1] * 8) + 8:
                    next = rest[0];
                    rest = rest[((rest[1] * 8) + 8)..];
                    break;
                case 44 when rest.Length >= 8:
                    int offset = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
                    FragmentId = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
                    (FragmentOffset, MoreFragments) = (offset & ~7, (offset & 1) != 0);
                    next = rest[0];
                    rest = rest[8..];
                    if (IsFragment)
                    {
                        Protocol = next;
                        Payload = rest;
                        return true;
                    }

                    break;
                default:
                    Protocol = next;
                    Payload = rest;
                    return next is not (0 or 43 or 44 or 60);
            }
        }

        return false;
    }
}
