using System.Buffers.Binary;
using System.Text;

namespace Aurelian.Bench;

/// <summary>
/// A ClientHello (RFC 8446 §4.1.2) that names a server: what a proxy that looks at names has to read.
/// </summary>
internal static class ClientHelloBytes
{
    internal static byte[] For(string name)
    {
        byte[] host = Encoding.ASCII.GetBytes(name);
        byte[] serverName = [.. Two(host.Length + 3), 0, .. Two(host.Length), .. host];
        byte[] extensions =
        [
            .. Extension(0, serverName), .. Extension(43, [2, 3, 4]), .. Extension(10, [0, 2, 0, 29]),
            .. Extension(13, [0, 2, 4, 3]),
        ];
        byte[] body =
        [
            3, 3, .. Enumerable.Range(1, 32).Select(each => (byte)each), 0, 0, 2, 0x13, 1, 1, 0,
            .. Two(extensions.Length), .. extensions,
        ];
        byte[] handshake = [1, 0, .. Two(body.Length), .. body];
        return [22, 3, 1, .. Two(handshake.Length), .. handshake];
    }

    /// <summary>Records of application data, as what follows a handshake looks from outside.</summary>
    internal static byte[] Records(int count)
    {
        const int length = 16 * 1024;
        return [.. Enumerable.Range(0, count).SelectMany(_ => (byte[])[23, 3, 3, .. Two(length), .. new byte[length]])];
    }

    private static byte[] Extension(int kind, byte[] value) => [.. Two(kind), .. Two(value.Length), .. value];

    private static byte[] Two(int number)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)number);
        return bytes;
    }
}
