using System.Buffers;

namespace Aurelian.Training.Tokens;

/// <summary>A token that stands for a fixed text and is looked for before anything else is done to a text.</summary>
/// <param name="Special">Left out when a text is decoded for people; <c>&lt;tool_call&gt;</c> is not.</param>
internal sealed record AddedToken(string Text, int Id, bool Special);

/// <summary>Finds added tokens: the leftmost, and of several that start there the longest.</summary>
internal sealed class AddedTokens
{
    private readonly AddedToken[] _byLength;
    private readonly SearchValues<char> _firsts;

    internal AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _byLength = [.. tokens.OrderByDescending(token => token.Text.Length)];
        _firsts = SearchValues.Create([.. _byLength.Select(token => token.Text[0]).Distinct()]);
    }

    internal IReadOnlyList<AddedToken> All => _byLength;

    internal AddedToken? Find(string text) => Array.Find(_byLength, token => token.Text == text);

    /// <summary>Whether an added token could start with this character.</summary>
    internal bool CanStart(char letter) => _firsts.Contains(letter);

    /// <summary>The next added token from a place on; null where there is none.</summary>
    internal (int At, AddedToken Token)? Next(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length)
        {
            int offset = text[from..].IndexOfAny(_firsts);
            if (offset < 0)
            {
                return null;
            }

            from += offset;
            foreach (AddedToken token in _byLength)
            {
                if (text[from..].StartsWith(token.Text, StringComparison.Ordinal))
                {
                    return (from, token);
                }
            }

            from++;
        }

        return null;
    }
}
