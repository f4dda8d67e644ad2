namespace Aurelian.Readers;

/// <summary>Looks ahead in a stream within one buffer; nothing is copied twice.</summary>
internal sealed class CaptureBuffer(Stream stream)
{
    /// <summary>More than any packet: the largest that can be looked at as one piece.</summary>
    internal const int PeekMax = 1 << 20;

    private readonly byte[] _buffer = new byte[PeekMax];
    private int _start;
    private int _end;

    /// <summary>Bytes passed since the beginning.</summary>
    internal long Position { get; private set; }

    /// <summary>The next bytes, which stay; false when the stream ends before, with what is left.</summary>
    internal bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        if (_end - _start < count)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            _end += stream.ReadAtLeast(_buffer.AsSpan(_end), count - _end, throwOnEndOfStream: false);
        }

        bool enough = _end - _start >= count;
        bytes = _buffer.AsSpan(_start, enough ? count : _end - _start);
        return enough;
    }

    /// <summary>False when the stream ends before.</summary>
    internal bool Skip(long count)
    {
        while (count > _end - _start)
        {
            count -= _end - _start;
            Position += _end - _start;
            _start = 0;
            _end = stream.Read(_buffer);
            if (_end == 0)
            {
                return false;
            }
        }

        _start += (int)count;
        Position += count;
        return true;
    }
}
