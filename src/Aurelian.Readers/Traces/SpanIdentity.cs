using System.Globalization;

namespace Aurelian.Readers;

/// <summary>
/// A span's id: eight bytes, or their hexadecimal digits. Most are never asked for as a text, so it is made when it is;
/// what is no such number is kept as it was written.
/// </summary>
internal struct SpanIdentity
{
    private const int DigitsMax = 16, CharactersMax = 64;

    private readonly ulong _number;
    private readonly int _digits;
    private string? _text;

    private SpanIdentity(ulong number, int digits, string? text) => (_number, _digits, _text) = (number, digits, text);

    internal readonly bool IsEmpty => _digits == 0;

    internal string Text => _text ??= _digits == 0 ? ""
        : _number.ToString("x16", CultureInfo.InvariantCulture)[(DigitsMax - _digits)..];

    /// <param name="id">As it stands in protobuf.</param>
    internal static SpanIdentity OfBytes(ReadOnlySpan<byte> id)
    {
        if (id.Length > DigitsMax / 2)
        {
            return OfText(Convert.ToHexStringLower(id[..Math.Min(id.Length, CharactersMax / 2)]));
        }

        ulong number = 0;
        foreach (byte each in id)
        {
            number = (number << 8) | each;
        }

        return new SpanIdentity(number, id.Length * 2, null);
    }

    /// <param name="utf8">As it stands in JSON, without escapes.</param>
    internal static SpanIdentity OfDigits(ReadOnlySpan<byte> utf8)
    {
        ulong number = 0;
        if (utf8.Length > DigitsMax)
        {
            return OfText(Fields.Utf8(utf8, CharactersMax).ToLowerInvariant());
        }

        foreach (byte each in utf8)
        {
            int digit = each is >= (byte)'0' and <= (byte)'9' ? each - '0' : (each | 0x20) - 'a' + 10;
            if (digit is < 0 or > 15 || (digit < 10 && each > '9'))
            {
                return OfText(Fields.Utf8(utf8, CharactersMax).ToLowerInvariant());
            }

            number = (number << 4) | (uint)digit;
        }

        return new SpanIdentity(number, utf8.Length, null);
    }

    private static SpanIdentity OfText(string text) => new(0, text.Length, text);
}
