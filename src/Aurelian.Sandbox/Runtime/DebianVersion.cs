namespace Aurelian.Sandbox;

/// <summary>
/// Orders Debian version numbers (deb-version(7)): digits as numbers, letters before signs, a tilde before all.
/// </summary>
internal static class DebianVersion
{
    internal static int Compare(string left, string right)
    {
        (int leftEpoch, string leftText) = Epoch(left);
        (int rightEpoch, string rightText) = Epoch(right);
        return leftEpoch != rightEpoch ? leftEpoch.CompareTo(rightEpoch) : CompareParts(leftText, rightText);
    }

    private static (int Number, string Text) Epoch(string version)
    {
        int colon = version.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(version.AsSpan(0, colon), out int epoch) ? (epoch, version[(colon + 1)
            ..]) : (0, version);
    }

    private static int CompareParts(string left, string right)
    {
        int at = 0, to = 0;
        while (at < left.Length || to < right.Length)
        {
            while ((at < left.Length && !char.IsAsciiDigit(left[at])) || (to < right.Length
                && !char.IsAsciiDigit(right[to])))
            {
                int difference = Order(left, at).CompareTo(Order(right, to));
                if (difference != 0)
                {
                    return difference;
                }

                at++;
                to++;
            }

            int numbers = Number(left, ref at).CompareTo(Number(right, ref to));
            if (numbers != 0)
            {
                return numbers;
            }
        }

        return 0;
    }

    private static int Order(string text, int at) => at >= text.Length || char.IsAsciiDigit(text[at]) ? 0
        : text[at] == '~' ? -1
        : char.IsAsciiLetter(text[at]) ? text[at]
        : text[at] + 256;

    private static long Number(string text, ref int at)
    {
        long number = 0;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            number = (number * 10) + (text[at++] - '0');
        }

        return number;
    }
}
