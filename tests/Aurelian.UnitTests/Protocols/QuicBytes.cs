using System.Security.Cryptography;
using Aurelian.Protocols;

namespace Aurelian.UnitTests.Protocols;

/// <summary>Builds a client's first packets of QUIC.</summary>
internal static class QuicBytes
{
    internal static readonly byte[] ConnectionId = Convert.FromHexString("8394c8f03e515708");

    internal static byte[] Crypto(int offset, byte[] data) =>
        [6, (byte)(0x40 | offset >> 8), (byte)offset, (byte)(0x40 | data.Length >> 8), (byte)data.Length, .. data];

    /// <summary>As a client does it: seals the frames, then masks the header.</summary>
    internal static byte[] Protect(byte[] frames, int number, bool second, byte[]? connection = null)
    {
        connection ??= ConnectionId;
        byte[] key = new byte[16], nonce = new byte[12], hidden = new byte[16], mask = new byte[16];
        QuicInitial.Derive(connection, second, key, nonce, hidden);
        int length = 4 + frames.Length + 16;
        byte[] header =
        [
            (byte)(second ? 0xD3 : 0xC3), .. second ? new byte[] { 0x6B, 0x33, 0x43, 0xCF } : [0, 0, 0, 1],
            (byte)connection.Length,
            .. connection, 0, 0, (byte)(0x40 | length >> 8), (byte)length, 0, 0, 0, (byte)number,
        ];
        nonce[11] ^= (byte)number;
        byte[] body = new byte[frames.Length], tag = new byte[16];
        using AesGcm cipher = new(key, 16);
        cipher.Encrypt(nonce, frames, body, tag, header);
        byte[] packet = [.. header, .. body, .. tag];
        using Aes aes = Aes.Create();
        aes.SetKey(hidden);
        aes.EncryptEcb(packet.AsSpan(header.Length, 16), mask, PaddingMode.None);
        packet[0] ^= (byte)(mask[0] & 15);
        for (int index = 0; index < 4; index++)
        {
            packet[header.Length - 4 + index] ^= mask[1 + index];
        }

        return packet;
    }
}
