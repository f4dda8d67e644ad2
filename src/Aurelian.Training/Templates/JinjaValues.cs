using System.Collections;
using System.Numerics;

namespace Aurelian.Training.Templates;

/// <summary>
/// How Python treats values in a template: none (null), truth, numbers, texts, lists (<c>List&lt;object?&gt;</c>) and
/// mappings in order (<c>OrderedDictionary&lt;string, object?&gt;</c>).
/// </summary>
internal static class JinjaValues
{
    internal static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        long number => number != 0,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        ICollection items => items.Count > 0,
        _ => true,
    };

    /// <summary>Items of a list, keys of a mapping, characters of a text.</summary>
    internal static IEnumerable<object?> Items(object? value, int line) => value switch
    {
        List<object?> list => list,
        OrderedDictionary<string, object?> map => map.Keys,
        string text => Characters(text),
        Undefined => [],
        _ => throw new JinjaException($"{Kind(value)} cannot be gone through", line),
    };

    internal static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (Undefined, Undefined) => true,
        (string a, string b) => a == b,
        (List<object?> a, List<object?> b) =>
            a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (OrderedDictionary<string, object?> a, OrderedDictionary<string, object?> b) => a.Count == b.Count
            && a.All(entry => b.TryGetValue(entry.Key, out object? other) && AreEqual(entry.Value, other)),
        _ when Number(left) is { } a && Number(right) is { } b => a == b,
        _ => ReferenceEquals(left, right),
    };

    internal static int Compare(object? left, object? right, int line) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when Number(left) is { } a && Number(right) is { } b => a.CompareTo(b),
        _ => throw new JinjaException($"{Kind(left)} and {Kind(right)} cannot be compared", line),
    };

    internal static bool Contains(object? container, object? item, int line) => container switch
    {
        string text => item is string part
            ? text.Contains(part, StringComparison.Ordinal)
            : throw new JinjaException($"'in' a text wants a text, not {Kind(item)}", line),
        OrderedDictionary<string, object?> map => item is string key && map.ContainsKey(key),
        _ => Items(container, line).Any(one => AreEqual(one, item)),
    };

    internal static object? Add(object? left, object? right, int line) => (left, right) switch
    {
        (string a, string b) => a + b,
        (List<object?> a, List<object?> b) => new List<object?>([.. a, .. b]),
        _ => Calculate("+", left, right, line),
    };

    internal static object Calculate(string sign, object? left, object? right, int line)
    {
        if (Number(left) is null || Number(right) is null)
        {
            throw new JinjaException($"'{sign}' of {Kind(left)} and {Kind(right)} is not possible", line);
        }

        bool whole = left is not double && right is not double && sign != "/";
        if (!whole)
        {
            double a = Number(left)!.Value;
            double b = Number(right)!.Value;
            return sign switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => b == 0 ? throw new JinjaException("division by zero", line) : a / b,
                "//" => b == 0 ? throw new JinjaException("division by zero", line) : Math.Floor(a / b),
                "%" => b == 0 ? throw new JinjaException("division by zero", line) : a - (b * Math.Floor(a / b)),
                _ => Math.Pow(a, b),
            };
        }

        return Whole(sign, Integer(left), Integer(right), line);
    }

    internal static double? Number(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long number => number,
        BigInteger number => (double)number,
        double number => number,
        _ => null,
    };

    internal static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"'{undefined.Name}', which is undefined,",
        bool => "a truth value",
        long or BigInteger => "a whole number",
        double => "a number",
        string => "a text",
        List<object?> => "a list",
        OrderedDictionary<string, object?> => "a mapping",
        JinjaNamespace => "a namespace",
        _ => "a function",
    };

    /// <summary>Small whole numbers are kept small.</summary>
    internal static object Shrink(BigInteger number) =>
        number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;

    private static object Whole(string sign, BigInteger a, BigInteger b, int line)
    {
        if (sign is "//" or "%" && b.IsZero)
        {
            throw new JinjaException("division by zero", line);
        }

        if (sign == "**" && (b > 1000 || b < 0))
        {
            throw new JinjaException($"a power of {b} is not supported", line);
        }

        // Python rounds down, towards minus infinity.
        BigInteger quotient = b.IsZero ? 0 : BigInteger.DivRem(a, b, out BigInteger rest) is var q
            && !rest.IsZero && (rest < 0) != (b < 0) ? q - 1 : BigInteger.Divide(a, b);
        return Shrink(sign switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "//" => quotient,
            "%" => a - (quotient * b),
            _ => BigInteger.Pow(a, (int)b),
        });
    }

    private static BigInteger Integer(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long number => number,
        _ => (BigInteger)value!,
    };

    /// <summary>Whole characters, also those beyond the basic plane.</summary>
    private static IEnumerable<object?> Characters(string text)
    {
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            yield return rune.ToString();
        }
    }
}
