using System.Buffers.Binary;

namespace Aurelian.Protocols;

/// <summary>The opening datagrams of WireGuard and OpenVPN, by their fixed forms.</summary>
/// <remarks>
/// Asked for as pairs, an opening and its answer, since a single datagram of a fixed length is anybody's. Where nobody
/// answers, an attempt is asked for to the last byte. Does not cover: forks that scramble these forms.
/// </remarks>
internal static class VpnDatagram
{
    private const int WireGuardInitiation = 148, WireGuardResponse = 92, WireGuardCookie = 64;
    private const int DistinctMin = 78;
    private const uint PacketsMax = 64, EarliestTime = 0x4000_0000; // 2004

    /// <summary>WireGuard's handshake initiation: type 1, three zeros, always 148 bytes.</summary>
    internal static bool IsWireGuardInitiation(ReadOnlySpan<byte> datagram) =>
        datagram.Length == WireGuardInitiation && BinaryPrimitives.ReadUInt32LittleEndian(datagram) == 1;

    /// <summary>Its response (type 2, 92 bytes) or a busy server's cookie (type 3, 64 bytes).</summary>
    internal static bool IsWireGuardResponse(ReadOnlySpan<byte> datagram) =>
        (datagram.Length == WireGuardResponse && BinaryPrimitives.ReadUInt32LittleEndian(datagram) == 2)
        || (datagram.Length == WireGuardCookie && BinaryPrimitives.ReadUInt32LittleEndian(datagram) == 3);

    /// <summary>
    /// OpenVPN's hard reset by the client: the opcode in the upper five bits (1, 7 or 10), key 0, a session id, then
    /// perhaps an HMAC (of 16, 20, 32 or 64 bytes with 8 of replay protection), no acknowledgements, packet 0.
    /// </summary>
    internal static bool IsOpenVpnReset(ReadOnlySpan<byte> datagram) => datagram.Length >= 14
        && (datagram[0] & 7) == 0 && (datagram[0] >> 3) is 1 or 7 or 10
        && (IsPlainReset(datagram) || datagram.Length is 38 or 42 or 54 or 86 or 90);

    /// <summary>The server's answer: opcode 2 or 8, and behind its own session id the client's acknowledged.</summary>
    internal static bool IsOpenVpnAnswer(ReadOnlySpan<byte> datagram) => datagram.Length >= 22
        && (datagram[0] & 7) == 0 && (datagram[0] >> 3) is 2 or 8;

    /// <summary>
    /// An initiation whose parts are what they have to be: a public key below 2^255, cipher text up to the first code,
    /// and no second code, which takes a cookie that only an answer brings.
    /// </summary>
    internal static bool IsWireGuardAttempt(ReadOnlySpan<byte> datagram) => IsWireGuardInitiation(datagram)
        && datagram[39] < 0x80 && datagram[132..].IndexOfAnyExcept((byte)0) < 0 && LooksRandom(datagram[8..132]);

    /// <summary>
    /// A reset of one of the three kinds: bare; with an HMAC before the packet's number and time (tls-auth), or behind
    /// them (tls-crypt). The number counts what the client has sent so far.
    /// </summary>
    internal static bool IsOpenVpnAttempt(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 14 || (datagram[0] & 7) != 0 || (datagram[0] >> 3) is not (7 or 10)
            || datagram[1..9].IndexOfAnyExcept(datagram[1]) < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = datagram[9..];
        return (datagram[0] >> 3) switch
        {
            7 when datagram.Length == 14 => IsPlainReset(datagram),
            7 when datagram.Length == 54 && IsCounted(rest) => true,
            7 => datagram.Length is 38 or 42 or 54 or 86
                && IsCounted(rest[^13..]) && rest[^5..].IndexOfAnyExcept((byte)0) < 0,
            _ => datagram.Length > 54 && IsCounted(rest), // tls-crypt-v2: the client's wrapped key behind it
        };
    }

    /// <summary>A small number from 1, then a time of this century.</summary>
    private static bool IsCounted(ReadOnlySpan<byte> packetId) =>
        BinaryPrimitives.ReadUInt32BigEndian(packetId) is >= 1 and <= PacketsMax
        && BinaryPrimitives.ReadUInt32BigEndian(packetId[4..]) >= EarliestTime;

    /// <summary>A record of numbers and names repeats itself; 124 bytes of cipher text have 98 values, give or take 4.
    /// </summary>
    private static bool LooksRandom(ReadOnlySpan<byte> bytes)
    {
        Span<bool> seen = stackalloc bool[256];
        int values = 0;
        foreach (byte each in bytes)
        {
            values += seen[each] ? 0 : 1;
            seen[each] = true;
        }

        return values >= DistinctMin;
    }

    private static bool IsPlainReset(ReadOnlySpan<byte> datagram) =>
        datagram.Length == 14 && datagram[9] == 0 && BinaryPrimitives.ReadUInt32BigEndian(datagram[10..]) == 0;
}
