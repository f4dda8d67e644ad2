using System.Runtime.InteropServices;

namespace Aurelian.Training.Tokens;

/// <summary>
/// Learns a small byte-level vocabulary from texts: starting from the 256 bytes, the most frequent pair of neighbours
/// within a word becomes a new entry, again and again (Sennrich et al., arXiv 1508.07909). Ties go to the pair of
/// smaller ids, so the same texts always give the same vocabulary.
/// </summary>
internal static class BpeTrainer
{
    /// <param name="size">Entries wanted, added tokens included; fewer if no pair is left that occurs twice.</param>
    /// <param name="added">Texts of added tokens, and whether each is special; they get the last ids.</param>
    internal static TokenizerParts Train(
        IEnumerable<string> texts, int size, IReadOnlyList<(string Text, bool Special)> added)
    {
        if (size < 256 + added.Count)
        {
            throw TrainingException.BadInput(
                $"a byte-level vocabulary of {size} is too small: 256 bytes and {added.Count} added tokens are in it");
        }

        List<string> entries = [.. ByteAlphabet.Characters.Select(letter => letter.ToString())];
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            ids.Add(entry, ids.Count);
        }

        List<(int[] Symbols, long Count)> words = Words(texts, ids, added);
        List<(string, string)> merges = [];
        PairCounts pairs = new(words);
        while (entries.Count + added.Count < size && pairs.Most() is var (left, right, count) && count > 1)
        {
            string entry = entries[left] + entries[right];
            // Two ways to the same text are one entry; the second merge still has to be known.
            if (!ids.TryGetValue(entry, out int id))
            {
                id = entries.Count;
                entries.Add(entry);
                ids.Add(entry, id);
            }

            merges.Add((entries[left], entries[right]));
            pairs.Merge(left, right, id);
        }

        return new TokenizerParts
        {
            Vocabulary = ids,
            Merges = merges,
            Added = [.. added.Select((token, i) => new AddedToken(token.Text, entries.Count + i, token.Special))],
        };
    }

    private static List<(int[] Symbols, long Count)> Words(
        IEnumerable<string> texts, Dictionary<string, int> ids, IReadOnlyList<(string Text, bool Special)> added)
    {
        AddedTokens known = new(added.Select((token, i) => new AddedToken(token.Text, i, token.Special)));
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int at = 0;
            while (at < text.Length)
            {
                (int At, AddedToken Token)? next = added.Count == 0 ? null : known.Next(text, at);
                string piece = text[at..(next?.At ?? text.Length)].Normalize();
                foreach ((int offset, int length) in QwenPreTokenizer.Split(piece))
                {
                    string word = ByteAlphabet.Encode(piece.AsSpan(offset, length));
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
                }

                at = next is { } token ? token.At + token.Token.Text.Length : text.Length;
            }
        }

        return [.. counts.OrderBy(word => word.Key, StringComparer.Ordinal).Select(word =>
            (word.Key.Select(letter => ids[letter.ToString()]).ToArray(), word.Value))];
    }
}
