using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Aurelian.Detection;

/// <summary>
/// A text as a key of a table: as it is when it is short, else 16 bytes of its SHA-256. However long the names are that
/// somebody makes up, an entry takes no more room, and no two can be made that are taken for one.
/// </summary>
internal readonly record struct TextKey(string? Text, UInt128 Digest)
{
    /// <summary>As long as nearly all host names, and a domain's longest label.</summary>
    internal const int TextMax = 64;

    public static implicit operator TextKey(string? text) => text is { Length: > TextMax }
        ? new(null, DigestOf(text)) : new(text, default);

    private static UInt128 DigestOf(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }
}
