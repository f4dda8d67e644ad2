using System.Runtime.InteropServices;

namespace Aurelian.Firewall;

/// <summary>One message of a netlink datagram (linux/netlink.h): a header of 16 bytes, then the body.</summary>
internal readonly ref struct NetlinkMessage
{
    internal const int HeaderLength = 16;
    internal const int Error = 2, Done = 3;
    internal const ushort Request = 1, Acknowledge = 4, Dump = 0x300;

    private NetlinkMessage(ReadOnlySpan<byte> whole)
    {
        Kind = MemoryMarshal.Read<ushort>(whole[4..]);
        Flags = MemoryMarshal.Read<ushort>(whole[6..]);
        Sequence = MemoryMarshal.Read<int>(whole[8..]);
        Body = whole[HeaderLength..];
    }

    internal int Kind { get; }

    internal int Flags { get; }

    internal int Sequence { get; }

    internal ReadOnlySpan<byte> Body { get; }

    /// <summary>Of an <see cref="Error"/> message: 0 acknowledges, else the error's number.</summary>
    internal int ErrorCode => Body.Length >= 4 ? -MemoryMarshal.Read<int>(Body) : 0;

    internal static bool TryNext(scoped ref ReadOnlySpan<byte> rest, out NetlinkMessage message)
    {
        message = default;
        if (rest.Length < HeaderLength)
        {
            return false;
        }

        int length = MemoryMarshal.Read<int>(rest);
        if (length < HeaderLength || length > rest.Length)
        {
            return false;
        }

        message = new NetlinkMessage(rest[..length]);
        rest = rest[Math.Min(rest.Length, Aligned(length))..];
        return true;
    }

    /// <summary>The next attribute: length and kind of two bytes each, then the value.</summary>
    internal static bool TryAttribute(
        scoped ref ReadOnlySpan<byte> rest, out int kind, out ReadOnlySpan<byte> value)
    {
        kind = 0;
        value = default;
        if (rest.Length < 4)
        {
            return false;
        }

        int length = MemoryMarshal.Read<ushort>(rest);
        if (length < 4 || length > rest.Length)
        {
            return false;
        }

        kind = MemoryMarshal.Read<ushort>(rest[2..]) & 0x3FFF;
        value = rest[4..length];
        rest = rest[Math.Min(rest.Length, Aligned(length))..];
        return true;
    }

    /// <summary>Writes the header of a message that fills <paramref name="message"/>.</summary>
    internal static void WriteHeader(Span<byte> message, int kind, int flags, int sequence)
    {
        message[..HeaderLength].Clear();
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message[4..], (ushort)kind);
        MemoryMarshal.Write(message[6..], (ushort)flags);
        MemoryMarshal.Write(message[8..], sequence);
    }

    internal static int Aligned(int length) => (length + 3) & ~3;
}
