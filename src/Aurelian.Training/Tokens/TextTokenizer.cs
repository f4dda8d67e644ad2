using System.Text;
using Microsoft.ML.Tokenizers;

namespace Aurelian.Training.Tokens;

/// <summary>
/// Texts to token ids and back: added tokens first, then normalisation (NFC), Qwen's pre-tokeniser, UTF-8 bytes and
/// byte pair encoding. One instance may be used by many threads.
/// </summary>
internal sealed class TextTokenizer
{
    private readonly BpeTokenizer _pairs;
    private readonly bool _normalises;
    private readonly byte[]?[] _bytes;
    private readonly HashSet<int> _special;

    internal TextTokenizer(TokenizerParts parts)
    {
        Parts = parts;
        Added = new AddedTokens(parts.Added);
        _normalises = parts.Normalises;
        _special = [.. parts.Added.Where(token => token.Special).Select(token => token.Id)];
        _pairs = BpeTokenizer.Create(new BpeOptions(parts.Vocabulary)
        {
            Merges = parts.Merges.Select(pair => $"{pair.Left} {pair.Right}"),
            PreTokenizer = new QwenPreTokenizer(),
            ByteLevel = true,
        });
        _bytes = new byte[]?[parts.Size];
        foreach ((string entry, int id) in parts.Vocabulary)
        {
            _bytes[id] = ByteAlphabet.TryDecode(entry, out byte[] bytes) ? bytes : Encoding.UTF8.GetBytes(entry);
        }

        foreach (AddedToken token in parts.Added)
        {
            _bytes[token.Id] = Encoding.UTF8.GetBytes(token.Text);
        }
    }

    /// <summary>What the tokenizer was made of.</summary>
    internal TokenizerParts Parts { get; }

    internal AddedTokens Added { get; }

    /// <summary>One more than the largest id.</summary>
    internal int Size => _bytes.Length;

    /// <summary>Ids with added tokens recognised: for texts of our own and rendered templates.</summary>
    internal List<int> Encode(string text)
    {
        List<int> ids = [];
        int at = 0;
        while (Added.Next(text, at) is { } next)
        {
            AppendPlain(text[at..next.At], ids);
            ids.Add(next.Token.Id);
            at = next.At + next.Token.Text.Length;
        }

        AppendPlain(text[at..], ids);
        return ids;
    }

    /// <summary>Ids with no added token recognised: for text from a sandbox, which so can forge none.</summary>
    internal List<int> EncodePlain(string text)
    {
        List<int> ids = [];
        AppendPlain(text, ids);
        return ids;
    }

    internal void AppendPlain(string text, List<int> ids)
    {
        if (text.Length > 0)
        {
            string normal = _normalises && !text.IsNormalized() ? text.Normalize() : text;
            ids.AddRange(_pairs.EncodeToIds(normal, considerNormalization: false));
        }
    }

    /// <param name="skipSpecial">Leaves out tokens marked special; <c>&lt;think&gt;</c> and its kin are not.</param>
    internal string Decode(IEnumerable<int> ids, bool skipSpecial = false) =>
        Encoding.UTF8.GetString([.. ids.Where(id => !skipSpecial || !_special.Contains(id)).SelectMany(Bytes)]);

    /// <summary>The bytes that a token stands for; none for an id that the vocabulary does not have.</summary>
    internal byte[] Bytes(int id) => id >= 0 && id < _bytes.Length ? _bytes[id] ?? [] : [];
}
