using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Aurelian.Training.Templates;

/// <summary>
/// A model's own chat template: Jinja as far as published templates use it, in the environment that they are published
/// for (<c>trim_blocks</c>, <c>lstrip_blocks</c>, <c>tojson</c> that keeps letters). What is not understood is refused
/// by name. No library that the registry serves reads Jinja, so this is one (docs/decisions/0021-own-jinja.md).
/// </summary>
internal sealed class ChatTemplate
{
    private readonly List<JinjaStatement> _statements;
    private readonly string _name;

    private ChatTemplate(List<JinjaStatement> statements, string name) => (_statements, _name) = (statements, name);

    internal static ChatTemplate Parse(string source, string name)
    {
        try
        {
            return new ChatTemplate(JinjaParser.Parse(source), name);
        }
        catch (JinjaException exception)
        {
            throw TrainingException.BadInput($"{name}: {exception.Message}");
        }
    }

    /// <summary>From <c>chat_template.jinja</c>, else <c>tokenizer_config.json</c>; null where there is none.</summary>
    internal static ChatTemplate? ReadFolder(string folder)
    {
        string own = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(own))
        {
            return Parse(File.ReadAllText(own), own);
        }

        string file = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            return document.RootElement.TryGetProperty("chat_template", out JsonElement template)
                && template.ValueKind != JsonValueKind.Null ? Parse(Source(template, file), file) : null;
        }
        catch (JsonException exception)
        {
            throw TrainingException.BadInput($"{file}: is no JSON: {exception.Message}");
        }
    }

    /// <param name="variables"><c>messages</c>, <c>tools</c>, <c>add_generation_prompt</c>, a template's own.</param>
    internal string Render(IReadOnlyDictionary<string, object?> variables)
    {
        JinjaOutput output = new();
        JinjaScope globals = new(null, output);
        globals.Set("namespace", (JinjaCall)((_, named, _) => new JinjaNamespace(named)));
        globals.Set("range", (JinjaCall)((arguments, _, line) => Range(arguments, line)));
        globals.Set("raise_exception", (JinjaCall)((arguments, _, line) => throw new JinjaException(
            $"the template refuses this talk: {PythonText.Of(arguments.Count > 0 ? arguments[0] : "")}", line)));
        foreach ((string name, object? value) in variables)
        {
            globals.Set(name, value);
        }

        try
        {
            JinjaStatement.RunAll(_statements, globals.Inner());
        }
        catch (JinjaException exception)
        {
            throw TrainingException.BadInput($"{_name}: {exception.Message}");
        }

        return output.ToString();
    }

    /// <summary>JSON as a template's values.</summary>
    internal static object? FromJson(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                OrderedDictionary<string, object?> map = new(StringComparer.Ordinal);
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    map[property.Name] = FromJson(property.Value);
                }

                return map;
            case JsonValueKind.Array: return new List<object?>(json.EnumerateArray().Select(FromJson));
            case JsonValueKind.String: return json.GetString();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number:
                string digits = json.GetRawText();
                return digits.AsSpan().IndexOfAny(".eE") < 0
                    ? JinjaValues.Shrink(BigInteger.Parse(digits, CultureInfo.InvariantCulture)) : json.GetDouble();
            default: return null;
        }
    }

    /// <summary>One template, or several by name of which the default one is taken.</summary>
    private static string Source(JsonElement template, string file)
    {
        if (template.ValueKind == JsonValueKind.String)
        {
            return template.GetString()!;
        }

        JsonElement standard = template.ValueKind == JsonValueKind.Array
            ? template.EnumerateArray().FirstOrDefault(one => one.GetProperty("name").ValueEquals("default")) : default;
        return standard.ValueKind == JsonValueKind.Object ? standard.GetProperty("template").GetString()!
            : throw TrainingException.BadInput($"{file}: chat_template: a text is wanted, or a list with a default");
    }

    private static List<object?> Range(IReadOnlyList<object?> arguments, int line)
    {
        const long most = 100_000;
        long[] numbers = [.. arguments.Select(argument => argument is long number ? number
            : throw new JinjaException("range wants whole numbers", line))];
        (long start, long stop, long step) = numbers switch
        {
            [var only] => (0, only, 1),
            [var first, var last] => (first, last, 1),
            [var first, var last, var by] when by != 0 => (first, last, by),
            _ => throw new JinjaException("range wants one to three numbers", line),
        };
        List<object?> range = [];
        for (long at = start; step > 0 ? at < stop : at > stop; at += step)
        {
            range.Add(at);
            if (range.Count > most)
            {
                throw new JinjaException($"a range has more than {most} numbers", line);
            }
        }

        return range;
    }
}
