using System.Net;
using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// The texts and addresses that were read last: a log says the same few a million times, and one that is known is
/// given again instead of made anew. A value takes the place of another with the same hash, so that nothing grows.
/// </summary>
internal sealed class RecentValues
{
    /// <summary>A power of two: the hash's last bits are the place.</summary>
    private const int PlacesMax = 4096;

    /// <summary>Longer texts seldom come twice, and would make the places large.</summary>
    private const int LengthMax = 128;

    private readonly string?[] _texts = new string?[PlacesMax];
    private readonly (string? Text, IPAddress? Address)[] _addresses = new (string?, IPAddress?)[PlacesMax];

    /// <summary>As <see cref="Fields.Utf8"/>.</summary>
    internal string Text(ReadOnlySpan<byte> utf8, int charactersMax)
    {
        if (utf8.Length > Math.Min(LengthMax, charactersMax))
        {
            return Fields.Utf8(utf8, charactersMax);
        }

        ref string? place = ref _texts[Place(utf8)];
        return place is not null && Ascii.Equals(utf8, place) ? place : place = Fields.Utf8(utf8, charactersMax);
    }

    /// <summary>As <see cref="Fields.TryAddress"/>.</summary>
    internal bool TryAddress(ReadOnlySpan<byte> text, out IPAddress address)
    {
        ref (string? Text, IPAddress? Address) place = ref _addresses[Place(text)];
        if (place is { Text: { } known, Address: { } found } && Ascii.Equals(text, known))
        {
            address = found;
            return true;
        }

        bool parsed = Fields.TryAddress(text, out address);
        if (parsed)
        {
            place = (Encoding.UTF8.GetString(text), address);
        }

        return parsed;
    }

    private static int Place(ReadOnlySpan<byte> bytes)
    {
        HashCode hash = default;
        hash.AddBytes(bytes);
        return hash.ToHashCode() & (PlacesMax - 1);
    }
}
