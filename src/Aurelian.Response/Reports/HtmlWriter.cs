using System.Text;

namespace Aurelian.Response;

/// <summary>Two ways to write, never mixed: markup of ours, and text of anybody.</summary>
internal sealed class HtmlWriter(TextWriter writer)
{
    private const int TextMax = 4000;

    internal HtmlWriter Raw(string markup)
    {
        writer.Write(markup);
        return this;
    }

    /// <summary>Escapes markup, and shows control and direction characters instead of obeying them.</summary>
    internal HtmlWriter Text(string? text)
    {
        string bounded = text is { Length: > TextMax } ? text[..TextMax] + "…" : text ?? "";
        foreach (Rune each in bounded.EnumerateRunes())
        {
            switch (each.Value)
            {
                case '&': writer.Write("&amp;"); break;
                case '<': writer.Write("&lt;"); break;
                case '>': writer.Write("&gt;"); break;
                case '"': writer.Write("&quot;"); break;
                case '\'': writer.Write("&#39;"); break;
                case '\n' or '\t': writer.Write((char)each.Value); break;
                case < 0x20: writer.Write((char)(0x2400 + each.Value)); break;
                case 0x7F or (>= 0x80 and < 0xA0) or 0x200E or 0x200F or (>= 0x202A and <= 0x202E)
                    or (>= 0x2066 and <= 0x2069): writer.Write('\u2421'); break;
                default: writer.Write(each.ToString()); break;
            }
        }

        return this;
    }
}
