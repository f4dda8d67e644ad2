using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Aurelian.Protocols;

/// <summary>
/// Opens a client's first packets of QUIC (RFC 9001 §5, version 2: RFC 9369): their keys follow from the connection id
/// that stands in them, so anybody on the way may read the ClientHello.
/// </summary>
/// <remarks>Allocates for the cipher, once a flow; nothing for what is no QUIC.</remarks>
internal static class QuicInitial
{
    /// <summary>RFC 9000 §14.1: a client pads its first datagrams to at least this.</summary>
    internal const int DatagramMin = 1200;

    private const uint Version1 = 1, Version2 = 0x6B3343CF;
    private const int TagLength = 16, SampleLength = 16;

    internal const int ConnectionIdMax = 20;

    private static ReadOnlySpan<byte> Salt1 =>
    [
        0x38, 0x76, 0x2C, 0xF7, 0xF5, 0x59, 0x34, 0xB3, 0x4D, 0x17, 0x9A, 0xE6, 0xA4, 0xC8, 0x0C, 0xAD, 0xCC, 0xBB,
        0x7F, 0x0A,
    ];

    private static ReadOnlySpan<byte> Salt2 =>
    [
        0x0D, 0xED, 0xE3, 0xDE, 0xF7, 0x00, 0xA6, 0xDB, 0x81, 0x93, 0x81, 0xBE, 0x6E, 0x26, 0x9D, 0xCB, 0xF9, 0xBD,
        0x2E, 0xD9,
    ];

    /// <summary>Whether a datagram begins as a client's first packet of a version that we can open.</summary>
    internal static bool Looks(ReadOnlySpan<byte> datagram) => datagram.Length >= DatagramMin
        && (datagram[0] & 0xC0) == 0xC0 && BinaryPrimitives.ReadUInt32BigEndian(datagram[1..]) switch
        {
            Version1 => (datagram[0] & 0x30) == 0,
            Version2 => (datagram[0] & 0x30) == 0x10,
            _ => false,
        } && datagram[5] is >= 8 and <= ConnectionIdMax;

    /// <summary>The client's choice for its server, of a datagram that <see cref="Looks"/>.</summary>
    internal static ReadOnlySpan<byte> ConnectionId(ReadOnlySpan<byte> datagram) => datagram.Slice(6, datagram[5]);

    /// <summary>Decrypts the first packet of a datagram: its frames, into <paramref name="frames"/>.</summary>
    internal static bool TryOpen(ReadOnlySpan<byte> datagram, Span<byte> frames, out int length)
    {
        length = 0;
        if (!Looks(datagram))
        {
            return false;
        }

        bool second = BinaryPrimitives.ReadUInt32BigEndian(datagram[1..]) == Version2;
        SpanReader reader = new(datagram);
        if (!reader.Skip(5) || !reader.TryBlock(1, out ReadOnlySpan<byte> destination)
            || !reader.TryBlock(1, out _) || !reader.TryVariable(out long token) || token > datagram.Length
            || !reader.Skip((int)token) || !reader.TryVariable(out long packet))
        {
            return false;
        }

        int numberAt = datagram.Length - reader.Left;
        if (packet > reader.Left || packet < 4 + SampleLength + 1)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[16], nonce = stackalloc byte[12], header = stackalloc byte[16];
        Derive(destination, second, key, nonce, header);
        Span<byte> mask = stackalloc byte[16];
        using (Aes aes = Aes.Create())
        {
            aes.SetKey(header);
            aes.EncryptEcb(datagram.Slice(numberAt + 4, SampleLength), mask, PaddingMode.None);
        }

        byte first = (byte)(datagram[0] ^ (mask[0] & 0x0F));
        int numberLength = (first & 3) + 1;
        int bodyAt = numberAt + numberLength, bodyLength = (int)packet - numberLength - TagLength;
        if (bodyLength <= 0 || bodyLength > frames.Length || bodyAt > MaxHeader)
        {
            return false;
        }

        Span<byte> associated = stackalloc byte[MaxHeader];
        associated = associated[..bodyAt];
        datagram[..bodyAt].CopyTo(associated);
        associated[0] = first;
        for (int index = 0; index < numberLength; index++)
        {
            associated[numberAt + index] ^= mask[1 + index];
            nonce[12 - numberLength + index] ^= associated[numberAt + index];
        }

        length = bodyLength;
        return TryDecrypt(key, nonce, datagram.Slice(bodyAt, bodyLength + TagLength), associated, frames[..bodyLength]);
    }

    /// <summary>A header with a token: longer ones carry nobody's first words.</summary>
    private const int MaxHeader = 512;

    private static bool TryDecrypt(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedBody, ReadOnlySpan<byte> associated,
        Span<byte> plain)
    {
        try
        {
            using AesGcm cipher = new(key, TagLength);
            cipher.Decrypt(nonce, sealedBody[..^TagLength], sealedBody[^TagLength..], plain, associated);
            return true;
        }
        catch (CryptographicException)
        {
            return false; // damaged, or not QUIC after all
        }
    }

    internal static void Derive(
        ReadOnlySpan<byte> destination, bool second, Span<byte> key, Span<byte> nonce, Span<byte> header)
    {
        Span<byte> initial = stackalloc byte[32], client = stackalloc byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, destination, second ? Salt2 : Salt1, initial);
        Expand(initial, "client in"u8, client);
        Expand(client, second ? "quicv2 key"u8 : "quic key"u8, key);
        Expand(client, second ? "quicv2 iv"u8 : "quic iv"u8, nonce);
        Expand(client, second ? "quicv2 hp"u8 : "quic hp"u8, header);
    }

    /// <summary>HKDF-Expand-Label of TLS 1.3 (RFC 8446 §7.1), with an empty context.</summary>
    private static void Expand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> output)
    {
        ReadOnlySpan<byte> prefix = "tls13 "u8;
        Span<byte> info = stackalloc byte[4 + prefix.Length + label.Length];
        info[1] = (byte)output.Length;
        info[2] = (byte)(prefix.Length + label.Length);
        prefix.CopyTo(info[3..]);
        label.CopyTo(info[(3 + prefix.Length)..]);
        info[^1] = 0;
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, info);
    }
}
