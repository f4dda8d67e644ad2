using System.Text;

namespace Aurelian.Protocols;

/// <summary>Bytes of strangers as text: bounded, and without what could move a cursor.</summary>
internal static class Text
{
    internal const int CharactersMax = 256;

    internal static string From(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[Math.Min(bytes.Length, CharactersMax)];
        for (int index = 0; index < text.Length; index++)
        {
            byte each = bytes[index];
            text[index] = each is >= 0x20 and < 0x7F ? (char)each : '\uFFFD';
        }

        return new string(text);
    }

    /// <summary>A host name as it is compared: lower case, no trailing dot; null when it is none.</summary>
    /// <remarks>
    /// Only letters, digits, hyphen and underscore: NUL, a port, userinfo, an IP literal in an odd base or a letter of
    /// another script never equals a name that was issued. A-labels (xn--) are compared as they are.
    /// </remarks>
    internal static string? HostName(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0 && bytes[^1] == '.')
        {
            bytes = bytes[..^1];
        }

        if (bytes.IsEmpty || bytes.Length > 253)
        {
            return null;
        }

        int label = 0;
        foreach (byte each in bytes)
        {
            bool dot = each == '.';
            bool allowed = dot || char.IsAsciiLetterOrDigit((char)each) || each is (byte)'-' or (byte)'_';
            if (!allowed || (dot && label == 0) || ++label > 64)
            {
                return null;
            }

            label = dot ? 0 : label;
        }

        return Encoding.ASCII.GetString(bytes).ToLowerInvariant();
    }
}
