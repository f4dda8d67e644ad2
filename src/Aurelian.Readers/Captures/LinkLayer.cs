using System.Buffers.Binary;

namespace Aurelian.Readers;

/// <summary>
/// Finds the IP packet in a frame. Sources: tcpdump.org/linktypes.html; IEEE 802.1Q and 802.1ad tags; RFC 3032 (MPLS);
/// RFC 2516 (PPPoE).
/// </summary>
internal static class LinkLayer
{
    private const int Null = 0, Ethernet = 1, Loop = 108, LinuxCooked1 = 113, LinuxCooked2 = 276;
    private const int TagsMax = 8;

    /// <summary>False for frames that carry no IP (ARP, LLDP …) and for links that are not known.</summary>
    internal static bool TryIp(int link, ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        switch (link)
        {
            case Ethernet:
                return frame.Length >= 14 && TryEtherType(Short(frame, 12), frame[14..], out packet);
            case LinuxCooked1:
                return frame.Length >= 16 && TryEtherType(Short(frame, 14), frame[16..], out packet);
            case LinuxCooked2:
                return frame.Length >= 20 && TryEtherType(Short(frame, 0), frame[20..], out packet);
            case Null or Loop:
                packet = frame.Length > 4 ? frame[4..] : default;
                break;
            // Raw IP, in the numbers that systems gave it, and LINKTYPE_IPV4 and _IPV6.
            case 12 or 14 or 101 or 228 or 229:
                packet = frame;
                break;
        }

        return IsIp(packet);
    }

    internal static bool IsKnown(int link) =>
        link is Null or Ethernet or Loop or LinuxCooked1 or LinuxCooked2 or 12 or 14 or 101 or 228 or 229;

    private static bool TryEtherType(int type, ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        for (int tags = 0; tags < TagsMax; tags++)
        {
            switch (type)
            {
                case 0x0800 or 0x86DD:
                    packet = rest;
                    return IsIp(packet);
                case 0x8100 or 0x88A8 or 0x9100 when rest.Length >= 4:
                    type = Short(rest, 2);
                    rest = rest[4..];
                    break;
                case 0x8847 when rest.Length >= 4:
                    bool bottom = (rest[2] & 1) != 0;
                    rest = rest[4..];
                    type = !bottom ? type : rest.IsEmpty ? 0 : rest[0] >> 4 == 4 ? 0x0800 : 0x86DD;
                    break;
                case 0x8864 when rest.Length >= 8:
                    type = Short(rest, 6) switch { 0x0021 => 0x0800, 0x0057 => 0x86DD, _ => 0 };
                    rest = rest[8..];
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private static bool IsIp(ReadOnlySpan<byte> packet) => packet.Length >= 20 && packet[0] >> 4 is 4 or 6;

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
