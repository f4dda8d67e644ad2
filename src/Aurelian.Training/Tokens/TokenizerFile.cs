using System.IO.Compression;
using System.Text.Json;

namespace Aurelian.Training.Tokens;

/// <summary>
/// Reads <c>tokenizer.json</c> (gzip too), and what of it we do not do is refused by name: one normaliser,
/// pre-tokeniser or flag that is passed over makes every number after it silently wrong.
/// </summary>
internal static class TokenizerFile
{
    internal const string Name = "tokenizer.json";

    /// <summary>From a Hugging Face folder.</summary>
    internal static TextTokenizer ReadFolder(string folder)
    {
        string plain = Path.Combine(folder, Name);
        string file = File.Exists(plain) ? plain : plain + ".gz";
        return File.Exists(file)
            ? new TextTokenizer(Read(file))
            : throw TrainingException.BadInput($"{plain}: no such file (nor {Name}.gz)");
    }

    internal static TokenizerParts Read(string file)
    {
        using Stream stream = File.OpenRead(file);
        using Stream text = file.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Read(document.RootElement, file);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException
            or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw TrainingException.BadInput($"{file}: is not understood: {exception.Message}");
        }
    }

    private static TokenizerParts Read(JsonElement root, string file)
    {
        List<string> mistakes = [];
        bool normalises = ReadNormalizer(root, mistakes);
        CheckPreTokenizer(root, mistakes);
        CheckByteLevel(root, "post_processor", mistakes);
        CheckByteLevel(root, "decoder", mistakes);
        JsonElement model = root.GetProperty("model");
        CheckModel(model, mistakes);
        Dictionary<string, int> vocabulary = model.GetProperty("vocab").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
        List<(string, string)> merges = [.. model.GetProperty("merges").EnumerateArray().Select(Merge)];
        AddedToken[] added = [.. root.GetProperty("added_tokens").EnumerateArray().Select(one => Added(one, mistakes))];
        foreach ((string left, string right) in merges.Where(pair =>
            !vocabulary.ContainsKey(pair.Item1) || !vocabulary.ContainsKey(pair.Item2)
            || !vocabulary.ContainsKey(pair.Item1 + pair.Item2)).Take(3))
        {
            mistakes.Add($"model.merges: {left} {right} names an entry that the vocabulary lacks");
        }

        if (vocabulary.Values.Concat(added.Select(token => token.Id)).Any(id => id is < 0 or > 10_000_000))
        {
            mistakes.Add("model.vocab: an id is negative or beyond ten million");
        }

        return mistakes.Count > 0
            ? throw TrainingException.BadInput(mistakes.Select(mistake => $"{file}: {mistake}"))
            : new TokenizerParts
            {
                Vocabulary = vocabulary, Merges = merges, Added = added, Normalises = normalises,
            };
    }

    private static bool ReadNormalizer(JsonElement root, List<string> mistakes)
    {
        JsonElement normalizer = root.GetProperty("normalizer");
        if (normalizer.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        if (TypeOf(normalizer) != "NFC")
        {
            mistakes.Add($"normalizer: {TypeOf(normalizer)} is not supported: NFC is");
        }

        return true;
    }

    private static void CheckPreTokenizer(JsonElement root, List<string> mistakes)
    {
        JsonElement pre = root.GetProperty("pre_tokenizer");
        JsonElement[] steps = TypeOf(pre) == "Sequence"
            ? [.. pre.GetProperty("pretokenizers").EnumerateArray()] : [pre];
        bool splits = steps is [var split, ..] && TypeOf(split) == "Split"
            && split.GetProperty("pattern").TryGetProperty("Regex", out JsonElement regex)
            && regex.GetString() == QwenPreTokenizer.Pattern
            && split.GetProperty("behavior").GetString() == "Isolated" && !split.GetProperty("invert").GetBoolean();
        bool bytes = steps is [_, var level] && TypeOf(level) == "ByteLevel"
            && !level.GetProperty("add_prefix_space").GetBoolean() && !level.GetProperty("use_regex").GetBoolean();
        if (!splits || !bytes)
        {
            mistakes.Add("pre_tokenizer: only Qwen's is supported: its split pattern, isolated, then ByteLevel without "
                + "a prefix space and without its own pattern");
        }
    }

    private static void CheckByteLevel(JsonElement root, string key, List<string> mistakes)
    {
        if (root.TryGetProperty(key, out JsonElement step) && step.ValueKind != JsonValueKind.Null
            && TypeOf(step) != "ByteLevel")
        {
            mistakes.Add($"{key}: {TypeOf(step)} is not supported: ByteLevel is");
        }
    }

    private static void CheckModel(JsonElement model, List<string> mistakes)
    {
        if (TypeOf(model) != "BPE")
        {
            mistakes.Add($"model: {TypeOf(model)} is not supported: BPE is");
        }

        foreach (string key in new[] { "byte_fallback", "ignore_merges", "fuse_unk" })
        {
            if (model.TryGetProperty(key, out JsonElement flag) && flag.ValueKind == JsonValueKind.True)
            {
                mistakes.Add($"model.{key}: is not supported");
            }
        }

        foreach (string key in new[] { "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.TryGetProperty(key, out JsonElement value)
                && !(value.ValueKind == JsonValueKind.Null || value.ValueEquals("")))
            {
                mistakes.Add($"model.{key}: is not supported");
            }
        }
    }

    private static AddedToken Added(JsonElement token, List<string> mistakes)
    {
        string text = token.GetProperty("content").GetString()!;
        foreach (string key in new[] { "single_word", "lstrip", "rstrip", "normalized" })
        {
            if (token.TryGetProperty(key, out JsonElement flag) && flag.ValueKind == JsonValueKind.True)
            {
                mistakes.Add($"added_tokens: {text}: {key} is not supported");
            }
        }

        if (text.Length == 0)
        {
            mistakes.Add("added_tokens: one has no text");
        }

        return new AddedToken(text, token.GetProperty("id").GetInt32(), token.GetProperty("special").GetBoolean());
    }

    /// <summary>As a pair, or (in older files) as one text with a blank between.</summary>
    private static (string Left, string Right) Merge(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.Array)
        {
            return (merge[0].GetString()!, merge[1].GetString()!);
        }

        string[] parts = merge.GetString()!.Split(' ');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw new FormatException($"merge '{merge.GetString()}'");
    }

    private static string? TypeOf(JsonElement step) =>
        step.ValueKind == JsonValueKind.Object ? step.GetProperty("type").GetString() : "nothing";
}
