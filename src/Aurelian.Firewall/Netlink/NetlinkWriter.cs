using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Aurelian.Firewall;

/// <summary>Writes netlink messages of netfilter's, one after another, with nested attributes.</summary>
internal sealed class NetlinkWriter
{
    /// <summary>nfgenmsg: family, version, and a subsystem in network order.</summary>
    internal const int FamilyLength = 4;

    private const int NestedFlag = 0x8000, AttributeHead = 4;

    private byte[] _bytes = new byte[1024];
    private int _length, _message;

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    internal void Begin(int kind, int flags, int sequence, byte family, ushort subsystem)
    {
        _message = _length;
        Span<byte> head = Extend(NetlinkMessage.HeaderLength + FamilyLength);
        NetlinkMessage.WriteHeader(head, kind, NetlinkMessage.Request | flags, sequence);
        head[NetlinkMessage.HeaderLength] = family;
        BinaryPrimitives.WriteUInt16BigEndian(head[(NetlinkMessage.HeaderLength + 2)..], subsystem);
    }

    /// <summary>The message that was begun last is whole.</summary>
    internal void End() => MemoryMarshal.Write(_bytes.AsSpan(_message), _length - _message);

    internal void Add(int kind, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Extend(NetlinkMessage.Aligned(AttributeHead + value.Length));
        Head(attribute, kind, AttributeHead + value.Length);
        value.CopyTo(attribute[AttributeHead..]);
    }

    internal void Add(int kind, string text) => Add(kind, Encoding.ASCII.GetBytes(text + '\0'));

    /// <summary>Begins an attribute that holds others; gives what <see cref="Close"/> wants.</summary>
    internal int Nest(int kind)
    {
        int at = _length;
        Head(Extend(AttributeHead), kind | NestedFlag, AttributeHead);
        return at;
    }

    internal void Close(int nested) => MemoryMarshal.Write(_bytes.AsSpan(nested), checked((ushort)(_length - nested)));

    private static void Head(Span<byte> attribute, int kind, int length)
    {
        MemoryMarshal.Write(attribute, checked((ushort)length));
        MemoryMarshal.Write(attribute[2..], (ushort)kind);
    }

    private Span<byte> Extend(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + count, 2 * _bytes.Length));
        }

        Span<byte> fresh = _bytes.AsSpan(_length, count);
        fresh.Clear();
        _length += count;
        return fresh;
    }
}
