using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// One string for equal texts: a trace says the same tool, task and command a million times. Full, it keeps what
/// it has.
/// </summary>
internal sealed class StringPool
{
    private const int TextsMax = 1 << 18, LengthMax = 512;

    private readonly HashSet<string> _texts = [];
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    internal StringPool() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="utf8">Without escapes.</param>
    internal string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LengthMax)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> characters = stackalloc char[LengthMax];
        return Get(characters[..Encoding.UTF8.GetChars(utf8, characters)]);
    }

    internal string Get(ReadOnlySpan<char> text)
    {
        if (text.Length > LengthMax || !_lookup.TryGetValue(text, out string? known))
        {
            known = text.ToString();
            if (text.Length <= LengthMax && _texts.Count < TextsMax)
            {
                _texts.Add(known);
            }
        }

        return known;
    }
}
