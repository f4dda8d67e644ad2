using System.Buffers.Binary;

namespace Aurelian.Protocols;

/// <summary>The opening datagrams of WireGuard and OpenVPN, by their fixed forms.</summary>
/// <remarks>
/// Asked for as pairs, an opening and its answer, since a single datagram of a fixed length is anybody's. Does not
/// cover: forks that scramble these forms.
/// </remarks>
internal static class VpnDatagram
{
    private const int WireGuardInitiation = 148, WireGuardResponse = 92, WireGuardCookie = 64;

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

    private static bool IsPlainReset(ReadOnlySpan<byte> datagram) =>
        datagram.Length == 14 && datagram[9] == 0 && BinaryPrimitives.ReadUInt32BigEndian(datagram[10..]) == 0;
}
