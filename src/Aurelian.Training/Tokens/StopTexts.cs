namespace Aurelian.Training.Tokens;

/// <summary>Whether new tokens have brought one of several texts, however the tokens part it.</summary>
internal sealed class StopTexts(TextTokenizer tokenizer, IReadOnlyList<string> texts)
{
    private readonly int _lettersMax = texts.Max(text => text.Length);

    /// <param name="ids">All new tokens; the last one is looked at for the first time.</param>
    internal bool EndsIn(IReadOnlyList<int> ids)
    {
        // A text of n letters starts at most n tokens before the last one, each token having at least one byte of it.
        int last = Math.Max(0, ids.Count - ((4 * _lettersMax) + 1));
        string tail = tokenizer.Decode(ids.Skip(last));
        return texts.Any(text => tail.Contains(text, StringComparison.Ordinal));
    }
}
