namespace Aurelian.Training.Commands;

/// <summary>Bytes that were looked at already, then the stream that they came from.</summary>
internal sealed class ConcatenatedStream(byte[] start, Stream rest) : Stream
{
    private int _taken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int left = Math.Min(count, start.Length - _taken);
        if (left == 0)
        {
            return rest.Read(buffer, offset, count);
        }

        start.AsSpan(_taken, left).CopyTo(buffer.AsSpan(offset));
        _taken += left;
        return left;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
