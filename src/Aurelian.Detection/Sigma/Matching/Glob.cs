using System.Text;

namespace Aurelian.Detection;

/// <summary>
/// A Sigma value with its wildcards: <c>*</c> any text, <c>?</c> one character, a backslash before either of them or
/// before a backslash takes its meaning away.
/// </summary>
internal sealed class Glob
{
    /// <summary>Stands for <c>?</c>; Unicode assigns it to no character, ever.</summary>
    private const char One = '\uFFFF';

    private readonly string[] _parts;
    private readonly bool _caseMatters;

    /// <param name="parts">What stands between the stars: one part where there is none.</param>
    private Glob(string[] parts, bool caseMatters) => (_parts, _caseMatters) = (parts, caseMatters);

    private StringComparison Comparison =>
        _caseMatters ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    internal bool HasWildcard => _parts.Length > 1 || _parts[0].Contains(One, StringComparison.Ordinal);

    /// <summary>What identifies it among others.</summary>
    internal string Key => (_caseMatters ? "c" : "i") + string.Join('*', _parts.Select(part =>
        part.Replace("*", "\\*", StringComparison.Ordinal)));

    /// <summary>What it is without wildcards.</summary>
    internal string Literal => _parts[0];

    /// <param name="literally">A backslash is a backslash and <c>?</c> itself.</param>
    internal static Glob Read(string value, bool caseMatters, bool literally = false)
    {
        List<string> parts = [];
        StringBuilder part = new();
        for (int at = 0; at < value.Length; at++)
        {
            char each = value[at];
            bool escapes = !literally && each == '\\' && at + 1 < value.Length
                && (value[at + 1] is '*' or '?' or '\\');
            if (escapes)
            {
                part.Append(value[++at]);
            }
            else if (each == '*')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(each == '?' && !literally ? One : each);
            }
        }

        parts.Add(part.ToString());
        return new Glob([.. parts], caseMatters);
    }

    internal static Glob Exactly(string text, bool caseMatters) => new([text], caseMatters);

    /// <summary>With any text before it, behind it, or both.</summary>
    internal Glob Within(bool before, bool behind)
    {
        IEnumerable<string> parts = _parts;
        bool alone = _parts.Length == 1;
        parts = before && (alone || _parts[0].Length > 0) ? parts.Prepend("") : parts;
        parts = behind && (alone || _parts[^1].Length > 0) ? parts.Append("") : parts;
        return new Glob([.. parts], _caseMatters);
    }

    internal bool IsMatch(ReadOnlySpan<char> text)
    {
        if (_parts.Length == 1)
        {
            return text.Length == _parts[0].Length && Is(text, _parts[0]);
        }

        string first = _parts[0], last = _parts[^1];
        if (text.Length < first.Length + last.Length || !Is(text[..first.Length], first)
            || !Is(text[^last.Length..], last))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[first.Length..^last.Length];
        for (int at = 1; at < _parts.Length - 1; at++)
        {
            int found = IndexOf(rest, _parts[at]);
            if (found < 0)
            {
                return false;
            }

            rest = rest[(found + _parts[at].Length)..];
        }

        return true;
    }

    /// <summary>The longest text that must be there, and where; null when there is none.</summary>
    internal (IndexPlace Place, string Text)? Required()
    {
        (IndexPlace Place, string Text)? longest = null;
        for (int at = 0; at < _parts.Length; at++)
        {
            string[] runs = _parts[at].Split(One);
            for (int run = 0; run < runs.Length; run++)
            {
                bool starts = at == 0 && run == 0, ends = at == _parts.Length - 1 && run == runs.Length - 1;
                if (runs[run].Length > (longest?.Text.Length ?? 0))
                {
                    longest = (starts && ends ? IndexPlace.Whole : starts ? IndexPlace.Start
                        : ends ? IndexPlace.End : IndexPlace.Anywhere, runs[run]);
                }
            }
        }

        return longest;
    }

    /// <summary>As a person would write it.</summary>
    public override string ToString() => string.Join('*', _parts).Replace(One, '?');

    private int IndexOf(ReadOnlySpan<char> text, string part)
    {
        if (!part.Contains(One, StringComparison.Ordinal))
        {
            return text.IndexOf(part, Comparison);
        }

        for (int at = 0; at + part.Length <= text.Length; at++)
        {
            if (Is(text.Slice(at, part.Length), part))
            {
                return at;
            }
        }

        return -1;
    }

    private bool Is(ReadOnlySpan<char> text, string part)
    {
        ReadOnlySpan<char> rest = part;
        while (rest.IndexOf(One) is var one and >= 0)
        {
            if (!text[..one].Equals(rest[..one], Comparison))
            {
                return false;
            }

            text = text[(one + 1)..];
            rest = rest[(one + 1)..];
        }

        return text.Equals(rest, Comparison);
    }
}
