using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Aurelian.Detection;

/// <summary>
/// A rule's regular expression, run by .NET's non-backtracking engine: time linear in the text, whatever the pattern
/// and the text.
/// </summary>
internal static partial class RegexPattern
{
    private const int LengthMax = 2000;

    /// <summary>Of all counted repetitions together: each copy is a state.</summary>
    private const int RepetitionsMax = 2000;

    /// <exception cref="RefusedException">It is none, or needs what only backtracking can do.</exception>
    internal static Regex Compile(string pattern, RegexOptions options)
    {
        if (pattern.Length > LengthMax)
        {
            throw new RefusedException($"a regular expression is longer than {LengthMax} characters");
        }

        long copies = 1;
        foreach (Match counted in Counted().Matches(pattern))
        {
            copies *= Math.Max(1, long.Parse(counted.Groups[1].Value, CultureInfo.InvariantCulture));
            if (copies > RepetitionsMax)
            {
                throw new RefusedException($"re: '{Short(pattern)}' repeats more than {RepetitionsMax} times");
            }
        }

        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            throw new RefusedException(
                $"re: '{Short(pattern)}' looks around or refers back, which no matcher of linear time can do");
        }
        catch (ArgumentException exception)
        {
            throw new RefusedException($"re: '{Short(pattern)}' is no regular expression: {exception.Message}");
        }
    }

    /// <summary>
    /// The longest text that every match contains; null when none is certain. Only what stands plainly at the outermost
    /// level counts, and only letters whose other case is one letter: the Kelvin sign is a k, too.
    /// </summary>
    internal static string? Required(string pattern)
    {
        string longest = "";
        StringBuilder run = new();
        for (int at = 0; at < pattern.Length; at++)
        {
            char each = pattern[at];
            int end = at;
            bool plain = Plain(pattern, ref end, out char literal);
            bool optional = end + 1 < pattern.Length && pattern[end + 1] is '?' or '*' or '{';
            if (each == '|' || end < 0)
            {
                return null;
            }

            if (plain && !optional)
            {
                run.Append(literal);
            }

            if (!plain || optional || (end + 1 < pattern.Length && pattern[end + 1] == '+'))
            {
                longest = run.Length > longest.Length ? run.ToString() : longest;
                run.Clear();
            }

            at = end;
        }

        longest = run.Length > longest.Length ? run.ToString() : longest;
        return longest.Length > 1 ? longest : null;
    }

    /// <summary>Whether one literal character stands there; <paramref name="at"/> becomes its last place, or that of
    /// the group or class that does; -1 where that has no end.</summary>
    private static bool Plain(string pattern, ref int at, out char literal)
    {
        literal = pattern[at];
        switch (literal)
        {
            case '(' or '[':
                at = Closing(pattern, at);
                return false;
            case '\\' when at + 1 < pattern.Length:
                literal = pattern[++at];
                bool escaped = !char.IsAsciiLetterOrDigit(literal) && literal < 128;
                if (!escaped && literal is 'x' or 'u' or 'p' or 'P' or 'c' or '0')
                {
                    at = pattern.Length - 1; // what its argument is need not be known: nothing behind counts
                }

                return escaped;
            case '.' or '^' or '$' or '*' or '+' or '?' or ')' or ']' or '\\':
                return false;
            case '{':
                int end = pattern.IndexOf('}', at);
                at = end < 0 ? at : end;
                return false;
            default:
                return literal is > ' ' and < (char)128 and not ('k' or 'K' or '}' or '|' or '#');
        }
    }

    private static int Closing(string pattern, int at)
    {
        int depth = 0;
        bool inClass = false;
        for (int end = at; end < pattern.Length; end++)
        {
            switch (pattern[end])
            {
                case '\\': end++; break;
                case '[' when !inClass:
                    inClass = true;
                    depth++;
                    // A bracket right behind the opening one is a character.
                    end += end + 1 < pattern.Length && pattern[end + 1] == '^' ? 1 : 0;
                    end += end + 1 < pattern.Length && pattern[end + 1] == ']' ? 1 : 0;
                    break;
                case ']' when inClass: inClass = false; depth--; break;
                case '(' when !inClass: depth++; break;
                case ')' when !inClass: depth--; break;
            }

            if (depth == 0)
            {
                return end;
            }
        }

        return -1;
    }

    private static string Short(string pattern) => pattern.Length > 80 ? pattern[..80] + "…" : pattern;

    [GeneratedRegex(@"\{(?:\d+,)?(\d{1,9})(?:,)?\}")]
    private static partial Regex Counted();
}
