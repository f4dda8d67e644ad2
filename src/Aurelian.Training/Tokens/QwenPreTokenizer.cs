using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Aurelian.Training.Tokens;

/// <summary>
/// Parts a text as Qwen's pattern does (below, as tokenizer.json gives it): contractions, letters with one sign before
/// them, single digits, runs of signs, line ends, blanks. Written out by hand since .NET's regular expressions see
/// UTF-16 halves, where the pattern means whole characters beyond the basic plane.
/// </summary>
internal sealed class QwenPreTokenizer : PreTokenizer
{
    internal const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        + @"|\s*[\r\n]+|\s+(?!\S)|\s+";

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Split(text);

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Split(text);

    internal static List<(int Offset, int Length)> Split(ReadOnlySpan<char> text)
    {
        List<(int Offset, int Length)> pieces = [];
        for (int at = 0; at < text.Length;)
        {
            int length = PieceAt(text[at..]);
            pieces.Add((at, length));
            at += length;
        }

        return pieces;
    }

    /// <summary>The first alternative that matches at the start; every character belongs to one.</summary>
    private static int PieceAt(ReadOnlySpan<char> text)
    {
        Kind first = KindOf(text, out int width);
        if (Contraction(text) is var contraction and > 0)
        {
            return contraction;
        }

        if (first == Kind.Letter)
        {
            return Run(text, 0, Kind.Letter);
        }

        if (first == Kind.Number)
        {
            return width;
        }

        if (text[0] is not ('\r' or '\n') && width < text.Length
            && KindOf(text[width..], out _) == Kind.Letter)
        {
            return Run(text, width, Kind.Letter);
        }

        int signs = text[0] == ' ' ? 1 : 0;
        if (signs < text.Length && KindOf(text[signs..], out _) == Kind.Sign)
        {
            int end = Run(text, signs, Kind.Sign);
            while (end < text.Length && text[end] is '\r' or '\n')
            {
                end++;
            }

            return end;
        }

        return Blanks(text);
    }

    /// <summary>Up to the last line end; else all but the last blank if something follows; else all.</summary>
    private static int Blanks(ReadOnlySpan<char> text)
    {
        int run = Run(text, 0, Kind.Blank);
        int lineEnd = text[..run].LastIndexOfAny('\r', '\n');
        return lineEnd >= 0 ? lineEnd + 1 : run == text.Length || run == 1 ? run : run - 1;
    }

    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text[0] != '\'' || text.Length < 2)
        {
            return 0;
        }

        char second = Fold(text[1]);
        if (second is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        char third = text.Length > 2 ? Fold(text[2]) : '\0';
        return (second, third) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>Lower case; the long s is an s in another case.</summary>
    private static char Fold(char letter) => letter == '\u017f' ? 's' : char.ToLowerInvariant(letter);

    /// <summary>Where the run of a kind that starts there ends.</summary>
    private static int Run(ReadOnlySpan<char> text, int start, Kind kind)
    {
        int end = start;
        while (end < text.Length && KindOf(text[end..], out int width) == kind)
        {
            end += width;
        }

        return end;
    }

    private static Kind KindOf(ReadOnlySpan<char> text, out int width)
    {
        if (Rune.DecodeFromUtf16(text, out Rune rune, out width) != OperationStatus.Done)
        {
            return Kind.Sign;
        }

        if (rune.IsAscii)
        {
            char letter = (char)rune.Value;
            return char.IsAsciiLetter(letter) ? Kind.Letter
                : char.IsAsciiDigit(letter) ? Kind.Number
                : char.IsWhiteSpace(letter) ? Kind.Blank : Kind.Sign;
        }

        return Rune.IsLetter(rune) ? Kind.Letter
            : Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber ? Kind.Number
            : Rune.IsWhiteSpace(rune) ? Kind.Blank : Kind.Sign;
    }

    private enum Kind
    {
        Letter,
        Number,
        Blank,
        Sign,
    }
}
