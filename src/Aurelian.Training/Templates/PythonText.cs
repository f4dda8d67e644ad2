using System.Globalization;
using System.Numerics;
using System.Text;

namespace Aurelian.Training.Templates;

/// <summary>Values as Python prints them, and as <c>json.dumps(…, ensure_ascii=False)</c> writes them.</summary>
internal static class PythonText
{
    /// <summary><c>str(value)</c>.</summary>
    internal static string Of(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Repr(value),
    };

    internal static string Json(object? value, int? indent = null)
    {
        StringBuilder text = new();
        WriteJson(text, value, indent, 0);
        return text.ToString();
    }

    /// <summary>The shortest digits that read back as the same number, in Python's notation.</summary>
    internal static string Float(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        string digits = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = int.Parse(
            digits.AsSpan(digits.IndexOf('E', StringComparison.Ordinal) + 1), provider: CultureInfo.InvariantCulture);
        if (value == 0 || (exponent >= -4 && exponent < 16))
        {
            string plain = shortest.Contains('E', StringComparison.Ordinal)
                ? decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture)
                    .ToString(CultureInfo.InvariantCulture)
                : shortest;
            return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{Mantissa(value, digits)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
    }

    private static string Repr(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        double number => Float(number),
        string text => Quoted(text),
        Undefined => "Undefined",
        List<object?> list => $"[{string.Join(", ", list.Select(Repr))}]",
        OrderedDictionary<string, object?> map =>
            $"{{{string.Join(", ", map.Select(entry => $"{Quoted(entry.Key)}: {Repr(entry.Value)}"))}}}",
        _ => throw new JinjaException($"{JinjaValues.Kind(value)} cannot be printed", 0),
    };

    /// <summary>In single quotes, or in double ones where only single ones are inside.</summary>
    private static string Quoted(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal)
            ? '"' : '\'';
        StringBuilder quoted = new();
        quoted.Append(quote);
        foreach (char letter in text)
        {
            quoted.Append(letter switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\\' => "\\\\",
                _ when letter == quote => $"\\{letter}",
                < ' ' or '\u007f' => $"\\x{(int)letter:x2}",
                >= '\u0080' and <= '\u00a0' or '\u00ad' => $"\\x{(int)letter:x2}",
                _ => letter.ToString(),
            });
        }

        return quoted.Append(quote).ToString();
    }

    /// <summary>The shortest mantissa, from the digits that .NET finds shortest.</summary>
    private static string Mantissa(double value, string scientific)
    {
        for (int digits = 0; digits < 17; digits++)
        {
            string candidate = value.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) == value)
            {
                return candidate[..candidate.IndexOf('E', StringComparison.Ordinal)];
            }
        }

        return scientific[..scientific.IndexOf('E', StringComparison.Ordinal)];
    }

    private static void WriteJson(StringBuilder text, object? value, int? indent, int depth)
    {
        switch (value)
        {
            case null: text.Append("null"); break;
            case bool truth: text.Append(truth ? "true" : "false"); break;
            case string letters: WriteJsonText(text, letters); break;
            case double number: text.Append(double.IsNaN(number) ? "NaN"
                : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : Float(number)); break;
            case List<object?> list:
                WriteItems(text, '[', ']', list, indent, depth,
                    item => WriteJson(text, item, indent, depth + 1));
                break;
            case OrderedDictionary<string, object?> map:
                WriteItems(text, '{', '}', map, indent, depth, entry =>
                {
                    WriteJsonText(text, entry.Key);
                    text.Append(": ");
                    WriteJson(text, entry.Value, indent, depth + 1);
                });
                break;
            case long or BigInteger: text.Append(Repr(value)); break;
            default: throw new JinjaException($"{JinjaValues.Kind(value)} cannot be written as JSON", 0);
        }
    }

    private static void WriteItems<T>(
        StringBuilder text, char open, char close, ICollection<T> items, int? indent, int depth, Action<T> write)
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            text.Append(first ? "" : indent is null ? ", " : ",");
            NewLine(text, indent, depth + 1);
            write(item);
            first = false;
        }

        if (items.Count > 0)
        {
            NewLine(text, indent, depth);
        }

        text.Append(close);
    }

    private static void NewLine(StringBuilder text, int? indent, int depth)
    {
        if (indent is { } width)
        {
            text.Append('\n').Append(' ', width * depth);
        }
    }

    private static void WriteJsonText(StringBuilder text, string letters)
    {
        text.Append('"');
        foreach (char letter in letters)
        {
            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        text.Append('"');
    }
}
