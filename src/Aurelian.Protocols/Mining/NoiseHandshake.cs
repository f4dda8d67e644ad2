namespace Aurelian.Protocols;

/// <summary>
/// The opening of Stratum v2: a Noise NX handshake, in which the client sends one key of 64 bytes (ElligatorSwift) and
/// the server answers with exactly 234 (its key, its static key and a certificate, each sealed).
/// </summary>
/// <remarks>By lengths alone, and of bytes that look random: what is said afterwards is encrypted.</remarks>
internal static class NoiseHandshake
{
    private const int ClientLength = 64, ServerLength = 234;

    /// <summary>64 random bytes hold 57 different ones on average, text far fewer.</summary>
    private const int DifferentMin = 42;

    internal static bool IsStratum2(ReadOnlySpan<byte> client, ReadOnlySpan<byte> server) =>
        client.Length == ClientLength && server.Length == ServerLength && LooksRandom(client)
        && LooksRandom(server[..ClientLength]);

    private static bool LooksRandom(ReadOnlySpan<byte> bytes)
    {
        Span<bool> seen = stackalloc bool[256];
        int different = 0;
        foreach (byte each in bytes)
        {
            different += seen[each] ? 0 : 1;
            seen[each] = true;
        }

        return different >= DifferentMin;
    }
}
