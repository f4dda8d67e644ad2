using System.Buffers.Binary;

namespace Aurelian.UnitTests.Protocols;

/// <summary>Builds the datagrams that open WireGuard, OpenVPN, DTLS, STUN and DNS.</summary>
internal static class OpeningBytes
{
    internal static byte[] WireGuard(int seed)
    {
        byte[] datagram = new byte[148];
        new Random(seed).NextBytes(datagram.AsSpan(4, 128));
        datagram[0] = 1;
        datagram[39] &= 0x7F;
        return datagram;
    }

    internal static byte[] OpenVpn() => [0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0];

    /// <summary>tls-auth: the HMAC, then the packet's number and time.</summary>
    internal static byte[] OpenVpnHmac(int hmacLength) =>
        [0x38, 1, 2, 3, 4, 5, 6, 7, 8, .. Noise(hmacLength), 0, 0, 0, 1, 0x65, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>tls-crypt: the packet's number and time, then the HMAC and what is hidden.</summary>
    internal static byte[] OpenVpnCrypt(byte number) =>
        [0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, number, 0x65, 0, 0, 0, .. Noise(37)];

    internal static byte[] Dtls(string name)
    {
        byte[] hello = HelloBytes.Plain(name)[4..];
        byte[] body = [.. hello[..35], 0, .. hello[35..]]; // an empty session, then an empty cookie
        byte[] length = [0, (byte)(body.Length >> 8), (byte)body.Length];
        byte[] message = [1, .. length, 0, 0, 0, 0, 0, .. length, .. body];
        return
        [
            0x16, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message,
        ];
    }

    internal static byte[] Stun()
    {
        byte[] datagram = new byte[28];
        datagram[1] = 1;
        datagram[3] = 8;
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), 0x2112A442);
        return datagram;
    }

    internal static byte[] Dns(string name) =>
    [
        0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        .. name.Split('.').SelectMany(label => System.Text.Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)),
        0, 0, 16, 0, 1,
    ];

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return bytes;
    }
}
