using System.Text.Json;

namespace Aurelian.Training.Model.Configuration;

/// <summary>
/// The keys of a JSON object that were asked for, and every mistake found on the way. What nobody asked for is a
/// mistake too: a setting that is not understood changes numbers silently.
/// </summary>
internal sealed class ConfigSettings(JsonElement json, string file)
{
    private readonly Dictionary<string, JsonElement> _left = json.EnumerateObject()
        .GroupBy(property => property.Name)
        .ToDictionary(same => same.Key, same => same.Last().Value);

    private readonly List<string> _mistakes = [];

    internal IReadOnlyList<string> Mistakes => _mistakes;

    internal void Refuse(string key, string why) => _mistakes.Add($"{file}: {key}: {why}");

    /// <summary>The value, once; null where the key is absent or null.</summary>
    internal JsonElement? Take(string key) =>
        _left.Remove(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Keys without an effect on numbers.</summary>
    internal void Ignore(params IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            _left.Remove(key);
        }
    }

    internal int Integer(string key, int least = 1, int? absent = null) => Integer([key], least, absent);

    /// <summary>A whole number under one of several names for the same thing.</summary>
    internal int Integer(string[] keys, int least = 1, int? absent = null)
    {
        int? found = null;
        foreach (string key in keys)
        {
            if (Take(key) is not { } value)
            {
                continue;
            }

            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number) || number < least)
            {
                Refuse(key, $"a whole number of at least {least} is wanted, not {value.GetRawText()}");
                return least;
            }

            if (found is { } other && other != number)
            {
                Refuse(key, $"is {number} but {keys[0]} says {other}");
            }

            found ??= number;
        }

        return found ?? absent ?? Missing(keys, least);
    }

    internal double Number(string key, double? absent = null) =>
        Take(key) is not { } value ? absent ?? Missing([key], 1)
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
            && double.IsFinite(number) && number >= 0 ? number
        : Wrong(key, value, "a number of at least 0", 1.0);

    internal bool Flag(string key, bool? absent = null) => Take(key) is not { } value
        ? absent ?? Missing([key], 0) != 0
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : Wrong(key, value, "true or false", false);

    internal string? Text(string key) => Take(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : Wrong<string?>(key, value, "a text", null);

    /// <summary>One whole number or a list of them.</summary>
    internal IReadOnlyList<int> Integers(string key)
    {
        if (Take(key) is not { } value)
        {
            return [];
        }

        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return items.All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int n) && n >= 0)
            ? [.. items.Select(item => item.GetInt32())]
            : Wrong<IReadOnlyList<int>>(key, value, "whole numbers", []);
    }

    /// <summary>Options that are off: null, false, an empty list or object.</summary>
    internal void IgnoreIdle()
    {
        foreach ((string key, JsonElement value) in _left.ToArray())
        {
            bool idle = value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.False => true,
                JsonValueKind.Array => value.GetArrayLength() == 0,
                JsonValueKind.Object => !value.EnumerateObject().Any(),
                _ => false,
            };
            if (idle)
            {
                _left.Remove(key);
            }
        }
    }

    internal void RefuseTheRest()
    {
        foreach ((string key, JsonElement value) in _left)
        {
            string text = value.GetRawText();
            Refuse(key, $"is not understood (it says {(text.Length > 60 ? text[..60] + "…" : text)}); remove it only "
                + "if the model's numbers do not depend on it");
        }
    }

    private T Wrong<T>(string key, JsonElement value, string wanted, T instead)
    {
        Refuse(key, $"{wanted} is wanted, not {value.GetRawText()}");
        return instead;
    }

    private int Missing(string[] keys, int instead)
    {
        Refuse(string.Join(" or ", keys), "is missing; a library's default is not relied on");
        return instead;
    }
}
