using System.Text;
using System.Text.RegularExpressions;

namespace Aurelian.Detection;

/// <summary>The forms that a value may be seen in, as Sigma's encoding modifiers name them.</summary>
internal static partial class Encodings
{
    /// <summary>Characters of <c>windash</c>: hyphen, slash, en dash, em dash, horizontal bar.</summary>
    private const string Dashes = "-/\u2013\u2014\u2015";

    private const int FormsMax = 3200;

    internal static byte[] Utf16(byte[] utf8, bool bigEndian, bool mark)
    {
        UnicodeEncoding encoding = new(bigEndian, mark);
        byte[] bytes = encoding.GetBytes(Encoding.UTF8.GetString(utf8));
        return mark ? [.. encoding.Preamble, .. bytes] : bytes;
    }

    /// <summary>
    /// What stays the same of a value's Base64 at each of the three places that it can have in a longer text: what is
    /// mixed with its neighbours at both ends is left out.
    /// </summary>
    internal static IEnumerable<string> Base64AtEveryOffset(byte[] value)
    {
        for (int offset = 0; offset < 3; offset++)
        {
            string encoded = Convert.ToBase64String([.. new byte[offset], .. value]);
            int from = offset == 0 ? 0 : offset + 1;
            int behind = ((offset + value.Length) % 3) switch { 0 => 0, 1 => 3, _ => 2 };
            if (encoded.Length - behind > from)
            {
                yield return encoded[from..(encoded.Length - behind)];
            }
        }
    }

    /// <summary>Every way to write the dashes that begin an option.</summary>
    internal static IReadOnlyList<string> Dashed(string value)
    {
        List<string> forms = [""];
        int copied = 0;
        foreach (Match dash in OptionDash().Matches(value))
        {
            string before = value[copied..dash.Index];
            forms = [.. forms.SelectMany(form => Dashes.Select(each => form + before + each))];
            copied = dash.Index + 1;
            if (forms.Count > FormsMax)
            {
                throw new RefusedException($"windash: '{value}' has more dashes than can be written out");
            }
        }

        return [.. forms.Select(form => form + value[copied..])];
    }

    /// <summary>Behind what is no word and before what is one.</summary>
    [GeneratedRegex(@"\B[-/\u2013\u2014\u2015]\b")]
    private static partial Regex OptionDash();
}
