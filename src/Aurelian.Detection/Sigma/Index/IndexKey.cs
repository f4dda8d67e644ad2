namespace Aurelian.Detection;

/// <summary>Where in a field a text must stand.</summary>
internal enum IndexPlace
{
    Whole,
    Start,
    End,
    Anywhere,
    /// <summary>The field is an address within the network that the text names.</summary>
    Network,
}

/// <summary>
/// Something that must hold for a rule to match and that is looked up for all rules at once. It may hold without the
/// rule matching: what it finds is tried.
/// </summary>
internal readonly record struct IndexKey(IndexPlace Place, SigmaField Field, string Text)
{
    private const int TextMax = 32;

    /// <summary>Upper case and cut to a length that still tells rules apart.</summary>
    internal static IndexKey Of(IndexPlace place, SigmaField field, string text) => new(place, field, place switch
    {
        IndexPlace.Network => text,
        IndexPlace.Whole => Fold(text),
        IndexPlace.End when text.Length > TextMax => Fold(text[^TextMax..]),
        _ => Fold(text.Length > TextMax ? text[..TextMax] : text),
    });

    /// <summary>As comparisons that ignore case do it: character by character.</summary>
    internal static string Fold(string text) => string.Create(text.Length, text, static (folded, source) =>
    {
        for (int at = 0; at < folded.Length; at++)
        {
            folded[at] = Fold(source[at]);
        }
    });

    internal static char Fold(char each) =>
        each < 128 ? (char)(each - (each is >= 'a' and <= 'z' ? 32 : 0)) : char.ToUpperInvariant(each);
}
