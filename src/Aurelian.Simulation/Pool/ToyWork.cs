using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>
/// Work that is worth nothing: SHA-256 over a toy header that no coin ever had. It costs what it costs, so the burn is
/// real; the result credits nobody.
/// </summary>
internal static class ToyWork
{
    /// <summary>Where the nonce lies in an XMR-style blob, as in the real ones.</summary>
    public const int BlobNonceOffset = 39;
    public const int BlobLength = 76;

    /// <summary>The Stratum header: its parts in ASCII, joined by colons.</summary>
    public static string Header(string previous, string extranonce1, string extranonce2, string time, string nonce) =>
        $"{previous}:{extranonce1}:{extranonce2}:{time}:{nonce}";

    /// <summary>A share: the hash's first four bytes, big-endian, lie below 2^32 / difficulty.</summary>
    public static bool IsShare(string header, uint difficulty)
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(header));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) <= Target(difficulty);
    }

    /// <summary>XMR-style: the result is the blob's hash, and its last four bytes lie below the target.</summary>
    public static bool IsBlobShare(ReadOnlySpan<byte> blob, string nonce, string result, uint difficulty)
    {
        if (blob.Length != BlobLength || nonce.Length != 8 ||
            !uint.TryParse(nonce, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
        {
            return false;
        }

        Span<byte> filled = stackalloc byte[BlobLength];
        blob.CopyTo(filled);
        BinaryPrimitives.WriteUInt32BigEndian(filled[BlobNonceOffset..], value);
        byte[] hash = SHA256.HashData(filled);
        return string.Equals(Convert.ToHexString(hash), result, StringComparison.OrdinalIgnoreCase)
            && BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(28)) <= Target(difficulty);
    }

    /// <summary>The bound as XMR-style jobs carry it: four bytes, little-endian, in hex.</summary>
    public static string TargetHex(uint difficulty)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Target(difficulty));
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Bytes that look random and follow from the seed and the labels.</summary>
    public static byte[] Derive(int seed, string label, long number) => SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"aurelian-toy/{seed}/{label}/{number}")));

    private static uint Target(uint difficulty) => uint.MaxValue / difficulty;
}
