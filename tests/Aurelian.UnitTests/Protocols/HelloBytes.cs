using System.Buffers.Binary;

namespace Aurelian.UnitTests.Protocols;

/// <summary>Builds ClientHellos extension by extension.</summary>
internal static class HelloBytes
{
    internal static readonly ushort[] ChromeSuites =
    [
        0x0A0A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D,
        0x002F, 0x0035,
    ];

    internal static byte[] Chrome(string name = "www.example.org") => Message(ChromeSuites,
    [
        (0x1A1A, []), (0x001B, [2, 0, 2]), (0x0000, ServerName(name)), (0x0033, [0, 0]),
        (0x0010, Alpn("h2", "http/1.1")),
        (0x4469, [0, 3, 2, 0x68, 0x32]), (0x0017, []), (0x002D, [1, 1]),
        (0x000D, Numbers(2, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)),
        (0x0005, [1, 0, 0, 0, 0]), (0x0023, []), (0x0012, []), (0x002B, Numbers(1, 0x2A2A, 0x0304, 0x0303)),
        (0xFF01, [0]), (0x000B, [1, 0]), (0x000A, Numbers(2, 0x001D)), (0x3A3A, [0]), (0x0015, new byte[8]),
    ]);

    internal static byte[] Plain(string name, params (ushort, byte[])[] more) =>
        Message([0x1301, 0x1302], [(0, ServerName(name)), .. more]);

    internal static byte[] Message(ushort[] suites, (ushort Kind, byte[] Body)[] extensions)
    {
        List<byte> body = [3, 3, .. new byte[32], 0, .. Block(suites.SelectMany(Number)), 1, 0];
        body.AddRange(Block(extensions.SelectMany(each => Number(each.Kind).Concat(Block(each.Body)))));
        return [1, (byte)(body.Count >> 16), (byte)(body.Count >> 8), (byte)body.Count, .. body];
    }

    internal static byte[] Record(byte[] message) =>
        [0x16, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static byte[] ServerName(string name) => [.. Block([0, .. Block(Ascii(name))])];

    internal static byte[] Alpn(params string[] names) =>
        [.. Block(names.SelectMany(name => Ascii(name).Prepend((byte)name.Length)))];

    private static byte[] Numbers(int lengthSize, params ushort[] numbers)
    {
        byte[] bytes = [.. numbers.SelectMany(Number)];
        return lengthSize == 1 ? [(byte)bytes.Length, .. bytes] : [.. Block(bytes)];
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private static IEnumerable<byte> Block(IEnumerable<byte> bytes)
    {
        byte[] body = [.. bytes];
        return Number((ushort)body.Length).Concat(body);
    }

    private static byte[] Number(ushort number)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }
}
