namespace Aurelian.Protocols;

/// <summary>Reads big-endian numbers and length-prefixed blocks; false instead of an exception at the end.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    internal readonly bool IsAtEnd => _left.IsEmpty;

    internal bool Skip(int count)
    {
        if (_left.Length < count)
        {
            return false;
        }

        _left = _left[count..];
        return true;
    }

    internal bool TryNumber(int size, out int number)
    {
        number = 0;
        if (_left.Length < size)
        {
            return false;
        }

        for (int index = 0; index < size; index++)
        {
            number = (number << 8) | _left[index];
        }

        _left = _left[size..];
        return true;
    }

    internal readonly int Left => _left.Length;

    /// <summary>QUIC's integer of 1, 2, 4 or 8 bytes (RFC 9000 §16).</summary>
    internal bool TryVariable(out long number)
    {
        number = 0;
        int size = _left.IsEmpty ? 0 : 1 << (_left[0] >> 6);
        if (size == 0 || _left.Length < size)
        {
            return false;
        }

        number = _left[0] & 0x3F;
        for (int index = 1; index < size; index++)
        {
            number = (number << 8) | _left[index];
        }

        _left = _left[size..];
        return true;
    }

    internal bool TryBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count < 0 || _left.Length < count)
        {
            return false;
        }

        bytes = _left[..count];
        _left = _left[count..];
        return true;
    }

    /// <summary>A length of <paramref name="size"/> bytes, then that many bytes.</summary>
    internal bool TryBlock(int size, out ReadOnlySpan<byte> block)
    {
        block = default;
        // Four bytes may say more than any span holds, and come out below zero.
        if (!TryNumber(size, out int length) || length < 0 || _left.Length < length)
        {
            return false;
        }

        block = _left[..length];
        _left = _left[length..];
        return true;
    }
}
