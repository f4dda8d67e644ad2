using System.Security.Cryptography;

namespace Aurelian.Protocols;

/// <summary>
/// The JA4 fingerprint of a ClientHello (FoxIO, technical_details/JA4.md): what a client offers, without the order and
/// the noise (GREASE, RFC 8701) that clients vary on purpose.
/// </summary>
internal static class Ja4
{
    private const int ListMax = 256;
    private const int ServerName = 0, SignatureAlgorithms = 13, Alpn = 16, SupportedVersions = 43;

    /// <param name="message">The whole handshake message, its own header included.</param>
    /// <returns>Null when it is no ClientHello, or one with more than any client offers.</returns>
    internal static string? Of(ReadOnlySpan<byte> message, bool quic)
    {
        SpanReader reader = new(message);
        if (!reader.Skip(4) || !reader.TryNumber(2, out int version) || !reader.Skip(32)
            || !reader.TryBlock(1, out _) || !reader.TryBlock(2, out ReadOnlySpan<byte> suites)
            || !reader.TryBlock(1, out _))
        {
            return null;
        }

        Span<ushort> ciphers = stackalloc ushort[ListMax], kinds = stackalloc ushort[ListMax];
        Span<ushort> algorithms = stackalloc ushort[ListMax];
        if (!TryList(suites, ciphers, out int cipherCount)
            || (!reader.TryBlock(2, out ReadOnlySpan<byte> extensions) && !reader.IsAtEnd))
        {
            return null;
        }

        Offer offer = new() { Version = version, First = '0', Last = '0' };
        int algorithmCount = 0, kindCount = 0;
        SpanReader each = new(extensions);
        while (!each.IsAtEnd)
        {
            if (!each.TryNumber(2, out int kind) || !each.TryBlock(2, out ReadOnlySpan<byte> body)
                || !Note(kind, body, ref offer, algorithms, ref algorithmCount))
            {
                return null;
            }

            if (!IsGrease(kind))
            {
                offer.Extensions++;
                if (kind is not (ServerName or Alpn))
                {
                    if (kindCount == ListMax)
                    {
                        return null;
                    }

                    kinds[kindCount++] = (ushort)kind;
                }
            }
        }

        return Write(quic, offer, ciphers[..cipherCount], kinds[..kindCount], algorithms[..algorithmCount]);
    }

    private static bool Note(
        int kind, ReadOnlySpan<byte> body, ref Offer offer, Span<ushort> algorithms, ref int algorithmCount)
    {
        SpanReader reader = new(body);
        switch (kind)
        {
            case ServerName:
                offer.Named = true;
                return true;
            case SignatureAlgorithms:
                return reader.TryBlock(2, out ReadOnlySpan<byte> list)
                    && TryList(list, algorithms, out algorithmCount);
            case Alpn:
                if (reader.TryBlock(2, out ReadOnlySpan<byte> names))
                {
                    SpanReader first = new(names);
                    if (first.TryBlock(1, out ReadOnlySpan<byte> name) && !name.IsEmpty)
                    {
                        (offer.First, offer.Last) = Ends(name);
                    }
                }

                return true;
            case SupportedVersions:
                Span<ushort> versions = stackalloc ushort[ListMax];
                if (reader.TryBlock(1, out ReadOnlySpan<byte> supported)
                    && TryList(supported, versions, out int count) && count > 0)
                {
                    offer.Version = 0;
                    foreach (ushort version in versions[..count])
                    {
                        offer.Version = Math.Max(offer.Version, version);
                    }
                }

                return true;
            default:
                return true;
        }
    }

    private static (char First, char Last) Ends(ReadOnlySpan<byte> name)
    {
        byte first = name[0], last = name[^1];
        return char.IsAsciiLetterOrDigit((char)first) && char.IsAsciiLetterOrDigit((char)last)
            ? ((char)first, (char)last) : (Hex(first >> 4), Hex(last & 15));
    }

    /// <summary>Numbers of two bytes, without GREASE.</summary>
    private static bool TryList(ReadOnlySpan<byte> bytes, Span<ushort> list, out int count)
    {
        count = 0;
        for (int at = 0; at + 1 < bytes.Length; at += 2)
        {
            int number = (bytes[at] << 8) | bytes[at + 1];
            if (IsGrease(number))
            {
                continue;
            }

            if (count == list.Length)
            {
                return false;
            }

            list[count++] = (ushort)number;
        }

        return true;
    }

    private static bool IsGrease(int number) => (number & 0x0F0F) == 0x0A0A && number >> 8 == (number & 0xFF);

    private static string Write(
        bool quic, Offer offer, Span<ushort> ciphers, Span<ushort> kinds, ReadOnlySpan<ushort> algorithms)
    {
        ciphers.Sort();
        kinds.Sort();
        Span<char> written = stackalloc char[36];
        written[0] = quic ? 'q' : 't';
        (written[1], written[2]) = offer.Version switch
        {
            0x0304 => ('1', '3'), 0x0303 => ('1', '2'), 0x0302 => ('1', '1'), 0x0301 => ('1', '0'),
            0x0300 => ('s', '3'), 0x0002 => ('s', '2'), _ => ('0', '0'),
        };
        written[3] = offer.Named ? 'd' : 'i';
        Digits(ciphers.Length, written[4..]);
        Digits(offer.Extensions, written[6..]);
        (written[8], written[9], written[10], written[23]) = (offer.First, offer.Last, '_', '_');
        Digest(ciphers, [], written[11..]);
        Digest(kinds, algorithms, written[24..]);
        return new string(written);
    }

    private static void Digits(int number, Span<char> to)
    {
        int bounded = Math.Min(number, 99);
        (to[0], to[1]) = ((char)('0' + (bounded / 10)), (char)('0' + (bounded % 10)));
    }

    /// <summary>The first 12 digits of the list's SHA-256; zeros where there is nothing to digest.</summary>
    private static void Digest(ReadOnlySpan<ushort> list, ReadOnlySpan<ushort> further, Span<char> to)
    {
        to[..12].Fill('0');
        if (list.IsEmpty)
        {
            return;
        }

        Span<byte> text = stackalloc byte[(list.Length + further.Length) * 5];
        int length = Append(list, text, 0);
        if (!further.IsEmpty)
        {
            text[length - 1] = (byte)'_';
            length = Append(further, text, length);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(length - 1)], hash);
        for (int index = 0; index < 12; index++)
        {
            to[index] = Hex(index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15);
        }
    }

    private static int Append(ReadOnlySpan<ushort> list, Span<byte> text, int at)
    {
        foreach (ushort number in list)
        {
            for (int shift = 12; shift >= 0; shift -= 4)
            {
                text[at++] = (byte)Hex((number >> shift) & 15);
            }

            text[at++] = (byte)',';
        }

        return at;
    }

    private static char Hex(int digit) => (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    private record struct Offer(int Version, bool Named, int Extensions, char First, char Last);
}
