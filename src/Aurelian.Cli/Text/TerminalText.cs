using System.Globalization;
using System.Text;

namespace Aurelian.Cli;

/// <summary>
/// Text of strangers for a terminal: no escape, no control character, no change of direction reaches it.
/// </summary>
internal static class TerminalText
{
    private const int CharactersMax = 2000;

    internal static string Safe(string? text)
    {
        if (text is null)
        {
            return "";
        }

        StringBuilder safe = new(Math.Min(text.Length, CharactersMax));
        foreach (Rune each in text.EnumerateRunes())
        {
            if (safe.Length >= CharactersMax)
            {
                return safe.Append('…').ToString();
            }

            switch (Rune.GetUnicodeCategory(each))
            {
                case UnicodeCategory.Control when each.Value is '\n' or '\t':
                    safe.Append(each.Value == '\n' ? '⏎' : ' ');
                    break;
                case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    safe.Append('·');
                    break;
                default:
                    safe.Append(each.ToString());
                    break;
            }
        }

        return safe.ToString();
    }

    /// <summary>One line of at most <paramref name="width"/> characters.</summary>
    internal static string Line(string? text, int width)
    {
        string safe = Safe(text?.Split('\n').FirstOrDefault(line => line.Trim().Length > 0)?.Trim());
        bool more = text?.Trim().Contains('\n', StringComparison.Ordinal) ?? false;
        return safe.Length > width ? safe[..(width - 1)] + "…" : more && safe.Length < width ? safe + "…" : safe;
    }
}
