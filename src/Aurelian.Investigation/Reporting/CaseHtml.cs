using System.Globalization;
using System.Text;

namespace Aurelian.Investigation.Reporting;

/// <summary>Two ways to write, never mixed: markup of ours, and text of anybody.</summary>
internal sealed class CaseHtml(TextWriter writer)
{
    private const int TextMax = 4000;

    internal CaseHtml Raw(string markup)
    {
        writer.Write(markup);
        return this;
    }

    /// <summary>Markup with numbers in it.</summary>
    internal CaseHtml Raw(FormattableString markup) => Raw(markup.ToString(CultureInfo.InvariantCulture));

    /// <summary>Escapes markup, and shows control and direction characters instead of obeying them.</summary>
    internal CaseHtml Text(string? text)
    {
        string bounded = text is { Length: > TextMax } ? text[..TextMax] + "…" : text ?? "";
        foreach (Rune each in bounded.EnumerateRunes())
        {
            writer.Write(each.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\n' or '\t' => each.ToString(),
                < 0x20 => ((char)(0x2400 + each.Value)).ToString(),
                0x7F or (>= 0x80 and < 0xA0) or 0x200E or 0x200F or (>= 0x202A and <= 0x202E)
                    or (>= 0x2066 and <= 0x2069) => "\u2421",
                _ => each.ToString(),
            });
        }

        return this;
    }
}
