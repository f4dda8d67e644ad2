using System.Buffers.Binary;

namespace Aurelian.Readers;

/// <summary>Protobuf's wire format (protobuf.dev, "Encoding"), field by field; false at the end or at damage.</summary>
internal ref struct Wire(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal readonly ReadOnlySpan<byte> Rest => _rest;

    /// <param name="body">Of a length-delimited field.</param>
    /// <param name="number">Of any other.</param>
    internal bool TryField(out int field, out ReadOnlySpan<byte> body, out ulong number)
    {
        (field, number) = (0, 0);
        body = default;
        if (!TryVarint(out ulong tag) || tag > int.MaxValue)
        {
            return false;
        }

        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryVarint(out number);
            case 1 when _rest.Length >= 8:
                number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return true;
            case 2 when TryVarint(out ulong length) && length <= (ulong)_rest.Length:
                body = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case 5 when _rest.Length >= 4:
                number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return true;
            default:
                return false;
        }
    }

    internal bool TryVarint(out ulong number)
    {
        number = 0;
        for (int at = 0; at < _rest.Length && at < 10; at++)
        {
            number |= (ulong)(_rest[at] & 0x7F) << (at * 7);
            if (_rest[at] < 0x80)
            {
                _rest = _rest[(at + 1)..];
                return true;
            }
        }

        return false;
    }
}
