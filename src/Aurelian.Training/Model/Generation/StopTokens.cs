using System.Text.Json;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Tokens;

namespace Aurelian.Training.Model.Generation;

/// <summary>The tokens that end a model's texts, from wherever its folder names them.</summary>
internal static class StopTokens
{
    internal static HashSet<int> Of(string folder, ModelConfig config, TextTokenizer tokenizer)
    {
        HashSet<int> tokens = [.. config.EndTokens];
        foreach (string name in new[] { "generation_config.json", "tokenizer_config.json" })
        {
            string file = Path.Combine(folder, name);
            if (!File.Exists(file))
            {
                continue;
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
                Add(document.RootElement, tokenizer, tokens);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw TrainingException.BadInput($"{file}: is not understood: {exception.Message}");
            }
        }

        return tokens;
    }

    /// <summary>As numbers, as a text, or as an object with a text, whichever a folder uses.</summary>
    private static void Add(JsonElement settings, TextTokenizer tokenizer, HashSet<int> tokens)
    {
        if (settings.TryGetProperty("eos_token_id", out JsonElement ids))
        {
            tokens.UnionWith((ids.ValueKind == JsonValueKind.Array ? [.. ids.EnumerateArray()] : new[] { ids })
                .Where(id => id.ValueKind == JsonValueKind.Number).Select(id => id.GetInt32()));
        }

        if (settings.TryGetProperty("eos_token", out JsonElement token))
        {
            string? text = token.ValueKind == JsonValueKind.Object ? token.GetProperty("content").GetString()
                : token.ValueKind == JsonValueKind.String ? token.GetString() : null;
            if (text is not null && tokenizer.Added.Find(text) is { } added)
            {
                tokens.Add(added.Id);
            }
        }
    }
}
