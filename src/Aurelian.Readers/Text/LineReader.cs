namespace Aurelian.Readers;

/// <summary>
/// Lines of a stream without copying. A line longer than the bound is passed over and said to be too long.
/// </summary>
internal sealed class LineReader(Stream stream, int lineMax = LineReader.LineMax)
{
    /// <summary>Longer than any record of the formats read here; logs with whole HTTP bodies included.</summary>
    internal const int LineMax = 8 * 1024 * 1024;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Of the line read last, from 1.</summary>
    internal long Number { get; private set; }

    /// <summary>The line read last was longer than the bound: it is empty.</summary>
    internal bool WasTooLong { get; private set; }

    /// <summary>The line read last ended with the stream, not with a newline.</summary>
    internal bool WasUnfinished { get; private set; }

    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        line = default;
        WasTooLong = false;
        int looked = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = WasTooLong ? default : _buffer.AsSpan(_start, looked + at).TrimEnd((byte)'\r');
                _start += looked + at + 1;
                Number++;
                return true;
            }

            looked = _end - _start;
            if (WasTooLong || looked > lineMax)
            {
                WasTooLong = true;
                (_start, _end, looked) = (0, 0, 0);
            }

            if (!Fill())
            {
                WasUnfinished = true;
                line = _buffer.AsSpan(_start, _end - _start);
                bool any = !line.IsEmpty || WasTooLong;
                _start = _end;
                Number += any ? 1 : 0;
                return any;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = _ended ? 0 : stream.Read(_buffer.AsSpan(_end));
        _ended |= read == 0;
        _end += read;
        return read > 0;
    }
}
