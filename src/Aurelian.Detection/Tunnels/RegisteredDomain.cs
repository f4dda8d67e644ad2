namespace Aurelian.Detection;

/// <summary>Splits a name into what somebody registered and what stands before it.</summary>
internal static class RegisteredDomain
{
    private static readonly string[] SecondLevels = ["co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go"];

    /// <summary>
    /// How many characters at the beginning are not registered; the whole name where its last label is none that
    /// exists: top levels are letters alone, or begin with <c>xn--</c> (RFC 3696 §2).
    /// </summary>
    internal static int SubdomainLength(string name)
    {
        int top = name.LastIndexOf('.');
        ReadOnlySpan<char> last = name.AsSpan(top + 1);
        if (!last.StartsWith("xn--") && last.IndexOfAnyExceptInRange('a', 'z') >= 0)
        {
            return name.Length;
        }

        int second = top <= 0 ? -1 : name.LastIndexOf('.', top - 1);
        if (top > 0 && last.Length == 2 && second > 0
            && Array.IndexOf(SecondLevels, name[(second + 1)..top]) >= 0)
        {
            second = name.LastIndexOf('.', second - 1);
        }

        return Math.Max(0, second);
    }
}
