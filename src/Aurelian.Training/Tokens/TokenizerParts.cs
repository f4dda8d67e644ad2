namespace Aurelian.Training.Tokens;

/// <summary>What a byte-level BPE tokenizer is made of.</summary>
internal sealed record TokenizerParts
{
    /// <summary>Entries in the byte alphabet, with their ids; without added tokens.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>In order of their rank: the first is merged first.</summary>
    public required IReadOnlyList<(string Left, string Right)> Merges { get; init; }

    public required IReadOnlyList<AddedToken> Added { get; init; }

    /// <summary>Whether texts are brought to Unicode's normal form C first.</summary>
    public bool Normalises { get; init; } = true;

    /// <summary>One more than the largest id.</summary>
    public int Size => 1 + Math.Max(
        Vocabulary.Count == 0 ? -1 : Vocabulary.Values.Max(), Added.Count == 0 ? -1 : Added.Max(token => token.Id));
}
