using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;

namespace Aurelian.Training.Templates;

/// <summary>What can stand behind <c>|</c>.</summary>
internal static class JinjaFilters
{
    internal delegate object? Applied(
        object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, int line);

    internal static readonly FrozenDictionary<string, Applied> All = new Dictionary<string, Applied>
    {
        ["trim"] = (value, arguments, _, line) => JinjaMethods.Strip(PythonText.Of(value), arguments, true, true, line),
        ["length"] = (value, _, _, line) => Length(value, line),
        ["count"] = (value, _, _, line) => Length(value, line),
        ["tojson"] = (value, arguments, named, line) => ToJson(value, arguments, named, line),
        ["safe"] = (value, _, _, _) => value,
        ["string"] = (value, _, _, _) => PythonText.Of(value),
        ["items"] = (value, _, _, line) => value switch
        {
            OrderedDictionary<string, object?> map => JinjaMethods.Pairs(map),
            Undefined => new List<object?>(),
            _ => throw new JinjaException($"items wants a mapping, not {JinjaValues.Kind(value)}", line),
        },
        ["list"] = (value, _, _, line) => new List<object?>(JinjaValues.Items(value, line)),
        ["first"] = (value, _, _, line) => JinjaValues.Items(value, line).FirstOrDefault(new Undefined("first")),
        ["last"] = (value, _, _, line) => JinjaValues.Items(value, line).LastOrDefault(new Undefined("last")),
        ["reverse"] = (value, _, _, line) => value is string text
            ? string.Concat(JinjaValues.Items(text, line).Reverse())
            : new List<object?>(JinjaValues.Items(value, line).Reverse()),
        ["join"] = (value, arguments, named, line) => string.Join(
            PythonText.Of(Argument(arguments, named, 0, "d", "")),
            JinjaValues.Items(value, line).Select(PythonText.Of)),
        ["lower"] = (value, _, _, _) => PythonText.Of(value).ToLowerInvariant(),
        ["upper"] = (value, _, _, _) => PythonText.Of(value).ToUpperInvariant(),
        ["capitalize"] = (value, _, _, _) => JinjaMethods.Capital(PythonText.Of(value)),
        ["title"] = (value, _, _, _) => JinjaMethods.Title(PythonText.Of(value)),
        ["replace"] = (value, arguments, _, line) => arguments is [string old, string with]
            ? JinjaMethods.Replace(PythonText.Of(value), old, with, line)
            : throw new JinjaException("replace wants two texts", line),
        ["default"] = Default,
        ["d"] = Default,
        ["int"] = (value, _, _, _) => Integer(value),
        ["abs"] = (value, _, _, line) => JinjaValues.Compare(value, 0L, line) < 0
            ? JinjaValues.Calculate("-", 0L, value, line) : value,
        ["map"] = (value, _, named, line) => named.TryGetValue("attribute", out object? name) && named.Count == 1
            ? new List<object?>(JinjaValues.Items(value, line).Select(item => JinjaAccess.Entry(item, name, line)))
            : throw new JinjaException("map is supported with attribute= alone", line),
        ["selectattr"] = (value, arguments, _, line) => Select(value, arguments, true, line),
        ["rejectattr"] = (value, arguments, _, line) => Select(value, arguments, false, line),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static object? Default(
        object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, int line)
    {
        bool alsoFalse = JinjaValues.IsTrue(Argument(arguments, named, 1, "boolean", false));
        return value is Undefined || (alsoFalse && !JinjaValues.IsTrue(value))
            ? Argument(arguments, named, 0, "default_value", "") : value;
    }

    private static long Length(object? value, int line) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        List<object?> list => list.Count,
        OrderedDictionary<string, object?> map => map.Count,
        Undefined => 0,
        _ => throw new JinjaException($"{JinjaValues.Kind(value)} has no length", line),
    };

    private static string ToJson(
        object? value, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, int line)
    {
        if (named.Keys.FirstOrDefault(name => name is not ("indent" or "ensure_ascii")) is { } unknown
            || arguments.Count > 0 || (named.TryGetValue("ensure_ascii", out object? ascii) && ascii is true))
        {
            throw new JinjaException("tojson is supported with indent= alone", line);
        }

        return value is Undefined undefined
            ? throw new JinjaException($"'{undefined.Name}' is undefined", line)
            : PythonText.Json(value, named.GetValueOrDefault("indent") is long indent ? (int)indent : null);
    }

    private static List<object?> Select(object? value, IReadOnlyList<object?> arguments, bool wanted, int line)
    {
        string name = arguments.Count > 0 && arguments[0] is string text
            ? text : throw new JinjaException("selectattr wants the name of an attribute", line);
        if (arguments.Count == 1)
        {
            return [.. JinjaValues.Items(value, line).Where(item =>
                JinjaValues.IsTrue(JinjaAccess.Entry(item, name, line)) == wanted)];
        }

        string test = arguments[1] as string is { } given ? given == "==" ? "eq" : given : "";
        return JinjaTests.All.TryGetValue(test, out JinjaTests.Holds? holds)
            ? [.. JinjaValues.Items(value, line).Where(item =>
                holds(JinjaAccess.Entry(item, name, line), [.. arguments.Skip(2)], line) == wanted)]
            : throw new JinjaException($"the test '{PythonText.Of(arguments[1])}' is not supported", line);
    }

    private static object Integer(object? value) => value switch
    {
        double number => double.IsFinite(number) ? JinjaValues.Shrink(new BigInteger(Math.Truncate(number))) : 0L,
        long or BigInteger => value,
        bool truth => truth ? 1L : 0L,
        string text => BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out BigInteger parsed) ? JinjaValues.Shrink(parsed) : 0L,
        _ => 0L,
    };

    private static object? Argument(
        IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named, int at, string name,
        object? absent) =>
        at < arguments.Count ? arguments[at] : named.TryGetValue(name, out object? value) ? value : absent;
}
