using System.Net;
using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// The texts and addresses that were read last: a log says the same few a million times, and one that is known is
/// given again instead of made anew. A value has two places and moves whoever holds the first to the second, so that
/// nothing grows and two that meet in one line both stay.
/// </summary>
internal sealed class RecentValues
{
    /// <summary>A power of two: the hash's last bits are the first of the two places.</summary>
    private const int PlacesMax = 4096;

    /// <summary>Longer texts seldom come twice, and would make the places large.</summary>
    private const int LengthMax = 256;

    private readonly string?[] _texts = new string?[PlacesMax];
    private readonly (string? Text, IPAddress? Address)[] _addresses = new (string?, IPAddress?)[PlacesMax];

    /// <summary>As <see cref="Fields.Utf8"/>.</summary>
    internal string Text(ReadOnlySpan<byte> utf8, int charactersMax)
    {
        if (utf8.Length > Math.Min(LengthMax, charactersMax))
        {
            return Fields.Utf8(utf8, charactersMax);
        }

        int at = Place(utf8);
        ref string? first = ref _texts[at], second = ref _texts[at + 1];
        if (first is not null && Ascii.Equals(utf8, first))
        {
            return first;
        }

        if (second is not null && Ascii.Equals(utf8, second))
        {
            return second;
        }

        second = first;
        return first = Fields.Utf8(utf8, charactersMax);
    }

    /// <summary>As <see cref="Fields.TryAddress"/>.</summary>
    internal bool TryAddress(ReadOnlySpan<byte> text, out IPAddress address)
    {
        int at = Place(text);
        ref (string? Text, IPAddress? Address) first = ref _addresses[at], second = ref _addresses[at + 1];
        if (Is(first, text, out address) || Is(second, text, out address))
        {
            return true;
        }

        bool parsed = Fields.TryAddress(text, out address);
        if (parsed)
        {
            second = first;
            first = (Encoding.UTF8.GetString(text), address);
        }

        return parsed;
    }

    private static bool Is(
        in (string? Text, IPAddress? Address) place, ReadOnlySpan<byte> text, out IPAddress address)
    {
        address = place.Address!;
        return place.Text is { } known && Ascii.Equals(text, known);
    }

    private static int Place(ReadOnlySpan<byte> bytes)
    {
        HashCode hash = default;
        hash.AddBytes(bytes);
        return hash.ToHashCode() & (PlacesMax - 2);
    }
}
