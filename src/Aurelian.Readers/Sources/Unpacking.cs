using System.IO.Compression;
using ZstdSharp;

namespace Aurelian.Readers;

/// <summary>Unpacks gzip (RFC 1952) and Zstandard (RFC 8878), known by their first bytes, once or twice.</summary>
internal static class Unpacking
{
    private const int LayersMax = 2;

    /// <param name="headMax">Bytes of the unpacked content that the caller wants to look at.</param>
    internal static HeadStream Open(Stream stream, int headMax)
    {
        HeadStream head = HeadStream.Open(stream, headMax);
        for (int layer = 0; layer < LayersMax; layer++)
        {
            Stream? inner = head.Head switch
            {
                [0x1F, 0x8B, 8, ..] => new GZipStream(head, CompressionMode.Decompress),
                // The decoder's default bounds a window to 128 MiB, whatever a frame asks for.
                [0x28, 0xB5, 0x2F, 0xFD, ..] => new DecompressionStream(head),
                _ => null,
            };
            if (inner is null)
            {
                break;
            }

            head = HeadStream.Open(inner, headMax);
        }

        return head;
    }

    /// <summary>What a damaged or vanished file throws while it is read.</summary>
    internal static bool IsDamage(Exception exception) =>
        exception is IOException or InvalidDataException or ZstdException or UnauthorizedAccessException;
}
