using System.Collections.Immutable;

namespace Aurelian.Protocols;

/// <summary>What is told of a ClientHello beside its name.</summary>
internal static class HelloTraits
{
    private const string NoAlpn = "00";

    internal static ImmutableArray<string> Of(in ClientHello hello, string? fingerprint)
    {
        ImmutableArray<string> traits = hello.Encrypted ? ["ech"] : [];
        traits = fingerprint is null ? traits : traits.Add($"ja4:{fingerprint}");
        return IsTorLike(hello.ServerName, fingerprint) ? traits.Add("tor-like") : traits;
    }

    /// <summary>
    /// A Tor client asks for a name that it made up, <c>www.</c>, 4 to 25 letters of base 32, <c>.com</c>, and offers
    /// no ALPN. Made up shows in digits between letters and in few vowels: four in five such names do.
    /// </summary>
    internal static bool IsTorLike(string? name, string? fingerprint)
    {
        if (name is null || fingerprint is null || fingerprint.AsSpan(8, 2) is not NoAlpn
            || !name.StartsWith("www.", StringComparison.Ordinal)
            || !(name.EndsWith(".com", StringComparison.Ordinal) || name.EndsWith(".net", StringComparison.Ordinal)))
        {
            return false;
        }

        ReadOnlySpan<char> word = name.AsSpan(4, name.Length - 8);
        int digits = 0, vowels = 0;
        foreach (char each in word)
        {
            if (each is not ((>= 'a' and <= 'z') or (>= '2' and <= '7')))
            {
                return false;
            }

            digits += each <= '7' ? 1 : 0;
            vowels += each is 'a' or 'e' or 'i' or 'o' or 'u' ? 1 : 0;
        }

        return word.Length is >= 8 and <= 25 && digits >= 1 && word[^1] > '7' && vowels * 4 <= word.Length;
    }
}
