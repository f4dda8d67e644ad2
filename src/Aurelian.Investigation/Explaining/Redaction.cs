using System.Text.RegularExpressions;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// Takes secrets out of text that is handed on: known forms of tokens, what stands behind a word such as password, user
/// names and passwords in URLs, private keys, and long random strings, of which the ends stay.
/// </summary>
/// <remarks>
/// Covers: usual spellings on command lines, in headers, variables and URLs. Does not cover: a password that looks like
/// a word and stands where nothing names it.
/// </remarks>
public static partial class Redaction
{
    private const string Mark = "[redacted]";

    /// <summary>Longer texts are cut first: no expression runs on without a bound.</summary>
    private const int TextMax = 64 * 1024;

    public static string Apply(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        string safe = text.Length > TextMax ? text[..TextMax] : text;
        safe = PrivateKey().Replace(safe, Mark);
        safe = UserInUrl().Replace(safe, $"$1{Mark}@");
        safe = Bearer().Replace(safe, $"$1{Mark}");
        safe = Named().Replace(safe, $"$1{Mark}");
        safe = Option().Replace(safe, $"$1{Mark}");
        safe = Token().Replace(safe, Mark);
        return Random().Replace(safe, Shorten);
    }

    /// <summary>A wallet or a digest is evidence: its ends tell it again, and no more.</summary>
    private static string Shorten(Match match)
    {
        string text = match.Value;
        bool mixed = text.Any(char.IsAsciiDigit) && text.Any(char.IsAsciiLetter);
        return mixed ? $"{text[..4]}…{text[^4..]}" : text;
    }

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)",
        RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"([A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/@'""]{1,256}@")]
    private static partial Regex UserInUrl();

    [GeneratedRegex(@"((?:bearer|basic|authorization:\s*token)\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    /// <summary><c>API_KEY=…</c>, <c>"password": "…"</c>, <c>X-Auth-Token: …</c>.</summary>
    [GeneratedRegex(@"((?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|passwd|pwd|passphrase|credential|"
        + @"private[_-]?key|auth[_-]?key|session[_-]?id|cookie)[A-Za-z0-9_-]{0,32}[""']?\s{0,4}[:=]\s{0,4}[""']?)"
        + @"[^\s""'&;,|)]{3,}", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    /// <summary><c>--password …</c>, <c>--api-key …</c>.</summary>
    [GeneratedRegex(@"(--(?:[a-z-]{0,24}(?:password|passwd|token|secret|api-?key|access-?key))\s+[""']?)"
        + @"[^\s""'-]\S{2,}", RegexOptions.IgnoreCase)]
    private static partial Regex Option();

    [GeneratedRegex(@"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bLTAI[A-Za-z0-9]{12,24}\b|\bgh[pousr]_[A-Za-z0-9]{20,}\b|"
        + @"\bgithub_pat_[A-Za-z0-9_]{20,}\b|\bglpat-[A-Za-z0-9_-]{16,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|"
        + @"\bsk-[A-Za-z0-9_-]{16,}|\bhf_[A-Za-z0-9]{20,}\b|\bpypi-[A-Za-z0-9_-]{16,}|\bnpm_[A-Za-z0-9]{20,}\b|"
        + @"\bAIza[A-Za-z0-9_-]{30,}|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}")]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+=_]{32,}(?![A-Za-z0-9+/=_-])")]
    private static partial Regex Random();
}
