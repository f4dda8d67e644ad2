namespace Aurelian.Protocols;

/// <summary>A ClientHello in one record of DTLS (RFC 6347 §4, RFC 9147 §5): TLS's, and a cookie in it.</summary>
internal static class DtlsHello
{
    private const int MessageHeader = 12, TlsMessageHeader = 4, BeforeSession = 34;
    private const int BytesMax = 2048;
    private const int HandshakeRecord = 0x16, HelloMessage = 1;

    /// <summary>False also for a hello in fragments.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> datagram, out ClientHello hello)
    {
        hello = default;
        SpanReader record = new(datagram);
        if (!record.TryNumber(1, out int kind) || kind != HandshakeRecord
            || !record.TryNumber(2, out int version) || version is not (0xFEFF or 0xFEFD)
            || !record.TryNumber(2, out int epoch) || epoch != 0
            || !record.Skip(6) // the record's number
            || !record.TryBlock(2, out ReadOnlySpan<byte> message) || message.Length > BytesMax
            || message.Length < MessageHeader + BeforeSession)
        {
            return false;
        }

        SpanReader header = new(message);
        if (!header.TryNumber(1, out int type) || type != HelloMessage
            || !header.TryNumber(3, out int length) || length != message.Length - MessageHeader
            || !header.Skip(2) // the message's number
            || !header.TryNumber(3, out int from) || from != 0
            || !header.TryNumber(3, out int here) || here != length)
        {
            return false;
        }

        ReadOnlySpan<byte> body = message[MessageHeader..];
        SpanReader reader = new(body);
        if (!reader.Skip(BeforeSession) || !reader.TryBlock(1, out _))
        {
            return false;
        }

        int cookieAt = body.Length - reader.Left;
        if (!reader.TryBlock(1, out _))
        {
            return false;
        }

        // The same without the cookie is a message of TLS.
        ReadOnlySpan<byte> rest = body[(body.Length - reader.Left)..];
        Span<byte> plain = stackalloc byte[TlsMessageHeader + cookieAt + rest.Length];
        plain[0] = HelloMessage;
        plain[1] = 0;
        plain[2] = (byte)((cookieAt + rest.Length) >> 8);
        plain[3] = (byte)(cookieAt + rest.Length);
        body[..cookieAt].CopyTo(plain[TlsMessageHeader..]);
        rest.CopyTo(plain[(TlsMessageHeader + cookieAt)..]);
        return ClientHello.ReadMessage(plain, out hello) == ParseState.Found;
    }
}
