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

    /// <summary>A length of <paramref name="size"/> bytes, then that many bytes.</summary>
    internal bool TryBlock(int size, out ReadOnlySpan<byte> block)
    {
        block = default;
        if (!TryNumber(size, out int length) || _left.Length < length)
        {
            return false;
        }

        block = _left[..length];
        _left = _left[length..];
        return true;
    }
}
