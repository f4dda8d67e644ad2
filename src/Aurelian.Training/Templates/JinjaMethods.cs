namespace Aurelian.Training.Templates;

/// <summary>Methods of Python's texts and mappings that templates call.</summary>
internal static class JinjaMethods
{
    /// <summary>A method of the value; null where its kind has none of that name.</summary>
    internal static JinjaCall? Find(object? value, string name) => value switch
    {
        string text => OfText(text, name),
        OrderedDictionary<string, object?> map => OfMap(map, name),
        _ => null,
    };

    private static JinjaCall? OfText(string text, string name) => name switch
    {
        "strip" => (arguments, _, line) => Strip(text, arguments, true, true, line),
        "lstrip" => (arguments, _, line) => Strip(text, arguments, true, false, line),
        "rstrip" => (arguments, _, line) => Strip(text, arguments, false, true, line),
        "split" => (arguments, _, line) => Split(text, arguments, line),
        "startswith" => (arguments, _, line) => text.StartsWith(Text(arguments, 0, line), StringComparison.Ordinal),
        "endswith" => (arguments, _, line) => text.EndsWith(Text(arguments, 0, line), StringComparison.Ordinal),
        "replace" => (arguments, _, line) =>
            Replace(text, Text(arguments, 0, line), Text(arguments, 1, line), line),
        "upper" => (_, _, _) => text.ToUpperInvariant(),
        "lower" => (_, _, _) => text.ToLowerInvariant(),
        "title" => (_, _, _) => Title(text),
        "capitalize" => (_, _, _) => Capital(text),
        "find" => (arguments, _, line) => (long)text.IndexOf(Text(arguments, 0, line), StringComparison.Ordinal),
        "count" => (arguments, _, line) =>
            (long)(text.Split(Text(arguments, 0, line), StringSplitOptions.None).Length - 1),
        "join" => (arguments, _, line) => string.Join(text, JinjaValues.Items(Any(arguments, 0, line), line)
            .Select(item => item as string ?? throw new JinjaException("join wants texts", line))),
        _ => null,
    };

    private static JinjaCall? OfMap(OrderedDictionary<string, object?> map, string name) => name switch
    {
        "items" => (_, _, _) => Pairs(map),
        "keys" => (_, _, _) => new List<object?>(map.Keys),
        "values" => (_, _, _) => new List<object?>(map.Values),
        "get" => (arguments, _, line) => map.TryGetValue(Text(arguments, 0, line), out object? value) ? value
            : arguments.Count > 1 ? arguments[1] : null,
        // Python finds these before an entry of the same name; a template that calls one changes its input.
        "clear" or "copy" or "pop" or "popitem" or "setdefault" or "update" or "fromkeys" =>
            (_, _, line) => throw new JinjaException($"'.{name}' is not supported", line),
        _ => null,
    };

    internal static List<object?> Pairs(OrderedDictionary<string, object?> map) =>
        [.. map.Select(entry => (object?)new List<object?> { entry.Key, entry.Value })];

    internal static string Strip(string text, IReadOnlyList<object?> arguments, bool start, bool end, int line)
    {
        if (arguments.Count == 0 || arguments[0] is null)
        {
            int from = 0;
            int to = text.Length;
            while (start && from < to && IsBlank(text[from]))
            {
                from++;
            }

            while (end && to > from && IsBlank(text[to - 1]))
            {
                to--;
            }

            return text[from..to];
        }

        char[] letters = Text(arguments, 0, line).ToCharArray();
        return start && end ? text.Trim(letters) : start ? text.TrimStart(letters) : text.TrimEnd(letters);
    }

    /// <summary>Python counts four separators as white space that .NET does not.</summary>
    private static bool IsBlank(char letter) => char.IsWhiteSpace(letter) || letter is >= '\u001c' and <= '\u001f';

    /// <summary>An empty text is found between all letters in Python; here it is refused.</summary>
    internal static string Replace(string text, string old, string with, int line) => old.Length > 0
        ? text.Replace(old, with, StringComparison.Ordinal)
        : throw new JinjaException("an empty text cannot be replaced", line);

    internal static string Capital(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    internal static string Title(string text)
    {
        char[] letters = text.ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            letters[i] = i > 0 && char.IsLetter(letters[i - 1])
                ? char.ToLowerInvariant(letters[i]) : char.ToUpperInvariant(letters[i]);
        }

        return new string(letters);
    }

    private static List<object?> Split(string text, IReadOnlyList<object?> arguments, int line)
    {
        int most = arguments.Count > 1 && arguments[1] is long count and >= 0 ? (int)count + 1 : int.MaxValue;
        if (arguments.Count == 0 || arguments[0] is null)
        {
            return [.. text.Split((char[]?)null, most, StringSplitOptions.RemoveEmptyEntries)];
        }

        string separator = Text(arguments, 0, line);
        return separator.Length > 0 ? [.. text.Split(separator, most)]
            : throw new JinjaException("split wants a separator that is not empty", line);
    }

    private static object? Any(IReadOnlyList<object?> arguments, int at, int line) => at < arguments.Count
        ? arguments[at] : throw new JinjaException("an argument is missing", line);

    private static string Text(IReadOnlyList<object?> arguments, int at, int line) =>
        Any(arguments, at, line) as string ?? throw new JinjaException(
            $"a text is wanted, not {JinjaValues.Kind(arguments[at])}", line);
}
