using System.Text.Json;
using Aurelian.Training.Checkpoints;

namespace Aurelian.Training.Tokens;

/// <summary>Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c>, which the reference reads.</summary>
internal static class TokenizerWriter
{
    /// <param name="endToken">The text of the token that ends a message.</param>
    /// <param name="template">A chat template; null for none.</param>
    internal static void Write(string folder, TokenizerParts parts, string endToken, string? template)
    {
        Directory.CreateDirectory(folder);
        object byteLevel = new
        {
            type = "ByteLevel", add_prefix_space = false, trim_offsets = false, use_regex = false,
        };
        Dictionary<string, object?> file = new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = parts.Added.OrderBy(token => token.Id).Select(token => new
            {
                id = token.Id, content = token.Text, single_word = false, lstrip = false, rstrip = false,
                normalized = false, special = token.Special,
            }),
            ["normalizer"] = parts.Normalises ? new { type = "NFC" } : null,
            ["pre_tokenizer"] = new
            {
                type = "Sequence",
                pretokenizers = new object[]
                {
                    new
                    {
                        type = "Split", pattern = new { Regex = QwenPreTokenizer.Pattern }, behavior = "Isolated",
                        invert = false,
                    },
                    byteLevel,
                },
            },
            ["post_processor"] = byteLevel,
            ["decoder"] = byteLevel,
            ["model"] = new
            {
                type = "BPE", dropout = (double?)null, unk_token = (string?)null, continuing_subword_prefix = "",
                end_of_word_suffix = "", fuse_unk = false, byte_fallback = false, ignore_merges = false,
                vocab = parts.Vocabulary.OrderBy(entry => entry.Value).ToDictionary(),
                merges = parts.Merges.Select(pair => new[] { pair.Left, pair.Right }),
            },
        };
        ConfigWriter.WriteWhole(
            Path.Combine(folder, TokenizerFile.Name), JsonSerializer.Serialize(file, JsonText.Indented));
        ConfigWriter.WriteWhole(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(
            new Dictionary<string, object?>
            {
                ["add_bos_token"] = false,
                ["add_prefix_space"] = false,
                ["bos_token"] = null,
                ["chat_template"] = template,
                ["clean_up_tokenization_spaces"] = false,
                ["eos_token"] = endToken,
                ["model_max_length"] = 131072,
                ["pad_token"] = endToken,
                ["tokenizer_class"] = "Qwen2Tokenizer",
                ["unk_token"] = null,
            },
            JsonText.Indented));
    }
}
