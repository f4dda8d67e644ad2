using System.Buffers.Text;
using System.Net;
using System.Text;

namespace Aurelian.Readers;

/// <summary>Values that stand as text in lines.</summary>
internal static class Fields
{
    private const int AddressMax = 64;

    internal static string Utf8(ReadOnlySpan<byte> bytes, int charactersMax)
    {
        // At most four bytes a character: what lies beyond cannot be kept.
        ReadOnlySpan<byte> kept = bytes[..(int)Math.Min(bytes.Length, charactersMax * 4L)];
        return Cut(Encoding.UTF8.GetString(kept), charactersMax);
    }

    /// <summary>Cut, but never between the halves of a character.</summary>
    internal static string Cut(string text, int charactersMax) => text.Length <= charactersMax ? text
        : text[..(char.IsHighSurrogate(text[charactersMax - 1]) ? charactersMax - 1 : charactersMax)];

    internal static bool TryAddress(ReadOnlySpan<byte> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.IsEmpty || text.Length > AddressMax)
        {
            return false;
        }

        Span<char> characters = stackalloc char[text.Length];
        for (int index = 0; index < text.Length; index++)
        {
            characters[index] = (char)text[index];
        }

        // A bare number is an address to the parser, and none to a log.
        bool parsed = characters.IndexOfAny('.', ':') >= 0 && IPAddress.TryParse(characters, out IPAddress? found)
            && (address = found) is not null;
        return parsed;
    }

    internal static bool TryLong(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out int read) && read == text.Length;

    internal static int Port(ReadOnlySpan<byte> text) =>
        TryLong(text, out long number) && number is >= 0 and <= ushort.MaxValue ? (int)number : 0;

    /// <summary>The next of the line's fields; the line is what lies behind it.</summary>
    internal static bool TryNext(
        scoped ref ReadOnlySpan<byte> line, byte separator, out ReadOnlySpan<byte> field)
    {
        if (line.IsEmpty)
        {
            field = default;
            return false;
        }

        int at = line.IndexOf(separator);
        field = at < 0 ? line : line[..at];
        line = at < 0 ? default : line[(at + 1)..];
        return true;
    }

    /// <summary>What follows <c>key=</c> up to the next blank; empty when there is none.</summary>
    internal static ReadOnlySpan<byte> After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> keyAndEquals)
    {
        while (true)
        {
            int at = line.IndexOf(keyAndEquals);
            if (at < 0)
            {
                return default;
            }

            ReadOnlySpan<byte> rest = line[(at + keyAndEquals.Length)..];
            if (at == 0 || line[at - 1] == (byte)' ')
            {
                int end = rest.IndexOf((byte)' ');
                return end < 0 ? rest : rest[..end];
            }

            line = rest;
        }
    }
}
