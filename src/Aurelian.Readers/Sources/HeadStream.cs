namespace Aurelian.Readers;

/// <summary>A stream whose first bytes were looked at already and are read again.</summary>
internal sealed class HeadStream(byte[] head, int length, Stream rest) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal ReadOnlySpan<byte> Head => head.AsSpan(0, length);

    /// <summary>Reads up to <paramref name="bytesMax"/> ahead.</summary>
    internal static HeadStream Open(Stream stream, int bytesMax)
    {
        byte[] head = new byte[bytesMax];
        int length = stream.ReadAtLeast(head, bytesMax, throwOnEndOfStream: false);
        Array.Resize(ref head, length);
        return new HeadStream(head, length, stream);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_at >= length)
        {
            return rest.Read(buffer);
        }

        int taken = Math.Min(buffer.Length, length - _at);
        head.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
