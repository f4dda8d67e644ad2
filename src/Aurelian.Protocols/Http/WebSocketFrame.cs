using System.Buffers.Binary;

namespace Aurelian.Protocols;

/// <summary>One frame of a WebSocket (RFC 6455 §5.2); a client's is masked, which hides nothing.</summary>
internal static class WebSocketFrame
{
    private const int Masked = 0x80, MaskLength = 4;

    /// <param name="payload">Where the unmasked payload goes; a longer one is cut, and passed over whole.</param>
    /// <param name="written">Bytes of it.</param>
    /// <param name="taken">Bytes of the stream that the frame takes up.</param>
    internal static ParseState Read(ReadOnlySpan<byte> stream, Span<byte> payload, out int written, out int taken)
    {
        (written, taken) = (0, 0);
        if (stream.Length < 2)
        {
            return ParseState.NeedMore;
        }

        // Reserved bits and opcodes of nobody's: the stream is something else.
        if ((stream[0] & 0x70) is not (0 or 0x40) || (stream[0] & 0x0F) is not (<= 2 or (>= 8 and <= 10)))
        {
            return ParseState.NotThis;
        }

        int head = (stream[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };
        bool masked = (stream[1] & Masked) != 0;
        int bodyAt = head + (masked ? MaskLength : 0);
        if (stream.Length < bodyAt)
        {
            return ParseState.NeedMore;
        }

        ulong length = head switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(stream[2..]),
            10 => BinaryPrimitives.ReadUInt64BigEndian(stream[2..]),
            _ => (uint)(stream[1] & 0x7F),
        };
        if (length > int.MaxValue / 2)
        {
            return ParseState.NotThis;
        }

        if ((ulong)(stream.Length - bodyAt) < length)
        {
            return ParseState.NeedMore;
        }

        ReadOnlySpan<byte> body = stream.Slice(bodyAt, (int)length);
        written = Math.Min(body.Length, payload.Length);
        taken = bodyAt + body.Length;
        for (int index = 0; index < written; index++)
        {
            payload[index] = (byte)(body[index] ^ (masked ? stream[head + (index % MaskLength)] : 0));
        }

        return ParseState.Found;
    }
}
