namespace Aurelian.Protocols;

/// <summary>What a coin's address looks like; a worker's name may follow after a dot, plus or slash.</summary>
internal static class Wallet
{
    internal static bool Looks(ReadOnlySpan<byte> login)
    {
        int end = login.IndexOfAny(".+/:"u8);
        ReadOnlySpan<byte> address = end < 0 ? login : login[..end];
        return address.Length switch
        {
            42 when address.StartsWith("0x"u8) => All(address[2..], char.IsAsciiHexDigit),
            >= 42 and <= 62 when address.StartsWith("bc1"u8) || address.StartsWith("ltc1"u8) =>
                All(address, char.IsAsciiLetterOrDigit),
            >= 26 and <= 35 when address[0] is (byte)'1' or (byte)'3' or (byte)'D' or (byte)'L' or (byte)'R'
                or (byte)'t' => All(address, IsBase58) && HasDigitAndBothCases(address),
            >= 94 and <= 108 => All(address, IsBase58), // Monero and its kin
            _ => false,
        };
    }

    private static bool IsBase58(char each) =>
        char.IsAsciiLetterOrDigit(each) && each is not ('0' or 'O' or 'I' or 'l');

    private static bool HasDigitAndBothCases(ReadOnlySpan<byte> text) =>
        text.ContainsAnyInRange((byte)'0', (byte)'9') && text.ContainsAnyInRange((byte)'A', (byte)'Z')
        && text.ContainsAnyInRange((byte)'a', (byte)'z');

    private static bool All(ReadOnlySpan<byte> text, Func<char, bool> test)
    {
        foreach (byte each in text)
        {
            if (!test((char)each))
            {
                return false;
            }
        }

        return true;
    }
}
