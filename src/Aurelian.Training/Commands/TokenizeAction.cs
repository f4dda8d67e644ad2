using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Aurelian.Training.Templates;
using Aurelian.Training.Tokens;

namespace Aurelian.Training.Commands;

/// <summary><c>model tokenize</c>.</summary>
internal static class TokenizeAction
{
    private static readonly JsonSerializerOptions OneLine = new(JsonText.Indented) { WriteIndented = false };

    internal static int Run(string folder, string? templateFile, Stream input, TextWriter output)
    {
        TextTokenizer tokenizer = TokenizerFile.ReadFolder(folder);
        if (templateFile is not null && !File.Exists(templateFile))
        {
            throw TrainingException.BadInput($"{templateFile}: no such file");
        }

        ChatTemplate? template = templateFile is null
            ? ChatTemplate.ReadFolder(folder) : ChatTemplate.Parse(File.ReadAllText(templateFile), templateFile);
        using StreamReader lines = new(Unpacked(input), new UTF8Encoding(false, throwOnInvalidBytes: true));
        int number = 0;
        while (Next(lines, ++number) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                output.WriteLine(JsonSerializer.Serialize(Answer(document.RootElement, tokenizer, template), OneLine));
            }
            catch (Exception exception) when (
                exception is JsonException or InvalidOperationException or FormatException)
            {
                throw TrainingException.BadInput($"line {number}: is not understood: {exception.Message}");
            }
            catch (TrainingException exception)
            {
                throw TrainingException.BadInput($"line {number}: {exception.Message}");
            }
        }

        return ExitCodes.Done;
    }

    private static string? Next(StreamReader lines, int number)
    {
        try
        {
            return lines.ReadLine();
        }
        catch (Exception exception) when (exception is DecoderFallbackException or InvalidDataException)
        {
            throw TrainingException.BadInput($"line {number}: is no UTF-8 text, nor gzip of one");
        }
    }

    private static object Answer(JsonElement line, TextTokenizer tokenizer, ChatTemplate? template)
    {
        if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty("messages", out JsonElement messages))
        {
            if (template is null)
            {
                throw TrainingException.BadInput("the folder has no chat template: name one with --template");
            }

            string text = template.Render(Variables(line, messages));
            return new { text, ids = tokenizer.Encode(text) };
        }

        return line.ValueKind == JsonValueKind.Object && line.TryGetProperty("text", out JsonElement plain)
            && plain.ValueKind == JsonValueKind.String
            ? Ids(plain.GetString()!, tokenizer)
            : throw TrainingException.BadInput("an object with \"text\" or \"messages\" is wanted");
    }

    private static object Ids(string text, TextTokenizer tokenizer) =>
        new { ids = tokenizer.Encode(text), idsAsPlainText = tokenizer.EncodePlain(text) };

    private static Dictionary<string, object?> Variables(JsonElement line, JsonElement messages)
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["messages"] = ChatTemplate.FromJson(messages),
            // The reference hands the tools over even where there are none.
            ["tools"] = line.TryGetProperty("tools", out JsonElement tools) ? ChatTemplate.FromJson(tools) : null,
            ["documents"] = null,
        };
        if (line.TryGetProperty("options", out JsonElement options) && options.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty option in options.EnumerateObject())
            {
                variables[option.Name] = ChatTemplate.FromJson(option.Value);
            }
        }

        return variables;
    }

    /// <summary>Gzip is known by its first two bytes.</summary>
    private static Stream Unpacked(Stream input)
    {
        BufferedStream buffered = new(input);
        int first = buffered.ReadByte();
        int second = first < 0 ? -1 : buffered.ReadByte();
        byte[] start = first < 0 ? [] : second < 0 ? [(byte)first] : [(byte)first, (byte)second];
        Stream whole = new ConcatenatedStream(start, buffered);
        return first == 0x1f && second == 0x8b ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }
}
