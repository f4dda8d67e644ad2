namespace Aurelian.Readers;

/// <summary>
/// What the texts that came last mean: a host log says the same command line and connection over and over. A text
/// takes the place of another with the same hash, so that nothing grows beyond what 1,024 of them take.
/// </summary>
internal sealed class RecentParsed<TText, TValue>(Func<TText, TValue> parse)
    where TText : notnull, IEquatable<TText>
{
    /// <summary>A power of two: the hash's last bits are the place.</summary>
    private const int PlacesMax = 1024;

    private readonly (TText? Text, TValue Value)[] _places = new (TText?, TValue)[PlacesMax];

    internal TValue Of(TText text)
    {
        ref (TText? Text, TValue Value) place = ref _places[text.GetHashCode() & (PlacesMax - 1)];
        if (place.Text is null || !place.Text.Equals(text))
        {
            place = (text, parse(text));
        }

        return place.Value;
    }
}
