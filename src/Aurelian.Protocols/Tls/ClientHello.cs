using System.Buffers.Binary;

namespace Aurelian.Protocols;

/// <summary>The first message of TLS (RFC 8446 §4.1.2; SNI: RFC 6066 §3; ECH: RFC 9849).</summary>
/// <param name="ServerName">The SNI as compared; null when there is none or it is no host name.</param>
/// <param name="Encrypted">An encrypted ClientHello lies inside: the name in clear may be a front.</param>
/// <param name="Length">Bytes of the stream it takes up, record headers included.</param>
public readonly record struct ClientHello(string? ServerName, bool Encrypted, int Length)
{
    /// <summary>Reassembled over records and segments up to here.</summary>
    public const int BytesMax = 16 * 1024;

    private const int RecordHeader = 5, HandshakeHeader = 4;
    private const byte HandshakeRecord = 0x16, HelloMessage = 1;
    private const ushort ServerNameExtension = 0;

    /// <summary>
    /// Whether the handshake records begin as a hello does (its type, a length, version 3), null while too few bytes
    /// are there. An encrypted message looks so once in a hundred million times.
    /// </summary>
    public static bool? Begins(ReadOnlySpan<byte> stream)
    {
        int at = 0;
        while (stream.Length >= RecordHeader && stream[0] == HandshakeRecord)
        {
            int record = BinaryPrimitives.ReadUInt16BigEndian(stream[3..]);
            if (record == 0)
            {
                return true; // an empty piece of anything: whoever sends that has to say a hello after it
            }

            foreach (byte each in stream.Slice(RecordHeader, Math.Min(record, stream.Length - RecordHeader)))
            {
                if (at switch { 0 => each != HelloMessage, 1 => each > 1, HandshakeHeader => each != 3, _ => false })
                {
                    return false;
                }

                if (at++ == HandshakeHeader)
                {
                    return true;
                }
            }

            stream = stream.Length < RecordHeader + record ? default : stream[(RecordHeader + record)..];
        }

        return stream.IsEmpty || stream[0] == HandshakeRecord ? null : false;
    }

    /// <summary>
    /// Reads a ClientHello that may be spread over several records. It ends with its last record: what a server would
    /// read behind it in the same one is nobody's hello.
    /// </summary>
    public static ParseState Read(ReadOnlySpan<byte> stream, out ClientHello hello)
    {
        hello = default;
        Span<byte> joined = stackalloc byte[Math.Min(stream.Length, BytesMax)];
        int length = 0, total = 0;
        while (true)
        {
            if (stream.IsEmpty || stream[0] != HandshakeRecord || (stream.Length > 1 && stream[1] != 3))
            {
                return stream.IsEmpty ? ParseState.NeedMore : ParseState.NotThis;
            }

            if (stream.Length < RecordHeader)
            {
                return ParseState.NeedMore;
            }

            int record = BinaryPrimitives.ReadUInt16BigEndian(stream[3..]);
            ReadOnlySpan<byte> body = stream.Slice(RecordHeader, Math.Min(record, stream.Length - RecordHeader));
            if (length + body.Length > joined.Length || record == 0)
            {
                return ParseState.NotThis;
            }

            body.CopyTo(joined[length..]);
            length += body.Length;
            total += RecordHeader + record;
            ParseState state = ReadHandshake(joined[..length], length - body.Length + record, out hello);
            if (state != ParseState.NeedMore || body.Length < record)
            {
                hello = hello with { Length = total };
                return state;
            }

            stream = stream[(RecordHeader + record)..];
        }
    }

    /// <summary>A hello without records around it, as QUIC carries it.</summary>
    internal static ParseState ReadMessage(ReadOnlySpan<byte> message, out ClientHello hello) =>
        ReadHandshake(message, message.Length, out hello);

    /// <summary>The JA4 of a stream that <see cref="Read"/> found a hello in; null where it cannot be told.</summary>
    internal static string? Fingerprint(ReadOnlySpan<byte> stream)
    {
        Span<byte> joined = stackalloc byte[Math.Min(stream.Length, BytesMax)];
        int length = 0;
        while (stream.Length >= RecordHeader && stream[0] == HandshakeRecord)
        {
            int record = BinaryPrimitives.ReadUInt16BigEndian(stream[3..]);
            ReadOnlySpan<byte> body = stream.Slice(RecordHeader, Math.Min(record, stream.Length - RecordHeader));
            if (length + body.Length > joined.Length || body.IsEmpty)
            {
                break;
            }

            body.CopyTo(joined[length..]);
            length += body.Length;
            stream = stream[(RecordHeader + body.Length)..];
        }

        return Ja4.Of(joined[..length], quic: false);
    }

    /// <param name="whole">The message's bytes when its last record so far has come whole.</param>
    private static ParseState ReadHandshake(ReadOnlySpan<byte> message, int whole, out ClientHello hello)
    {
        hello = default;
        if (message.Length < HandshakeHeader)
        {
            return message.IsEmpty || message[0] == HelloMessage ? ParseState.NeedMore : ParseState.NotThis;
        }

        int length = (message[1] << 16) | (message[2] << 8) | message[3];
        if (message[0] != HelloMessage || length > BytesMax || whole > HandshakeHeader + length)
        {
            return ParseState.NotThis;
        }

        if (message.Length < HandshakeHeader + length)
        {
            return ParseState.NeedMore;
        }

        SpanReader reader = new(message.Slice(HandshakeHeader, length));
        return reader.Skip(34) // version and random
            && reader.TryBlock(1, out _) // session
            && reader.TryBlock(2, out _) // cipher suites
            && reader.TryBlock(1, out _) // compression
            ? ReadExtensions(reader, out hello)
            : ParseState.NotThis;
    }

    private static ParseState ReadExtensions(SpanReader reader, out ClientHello hello)
    {
        hello = default;
        if (reader.IsAtEnd)
        {
            return ParseState.Found; // an old client without extensions
        }

        if (!reader.TryBlock(2, out ReadOnlySpan<byte> extensions) || !reader.IsAtEnd)
        {
            return ParseState.NotThis;
        }

        string? name = null;
        bool encrypted = false, named = false;
        SpanReader each = new(extensions);
        while (!each.IsAtEnd)
        {
            if (!each.TryNumber(2, out int kind) || !each.TryBlock(2, out ReadOnlySpan<byte> body))
            {
                return ParseState.NotThis;
            }

            if (kind == ServerNameExtension)
            {
                if (named)
                {
                    return ParseState.NotThis; // two names: which one the server takes is anybody's guess
                }

                named = true;
                name = ReadServerName(body);
            }

            encrypted |= HidesName(kind);
        }

        hello = new ClientHello(name, encrypted, 0);
        return ParseState.Found;
    }

    /// <summary>ECH (RFC 9849), its drafts, and the encrypted SNI before them: servers of each are still up.</summary>
    private static bool HidesName(int kind) => kind is >= 0xFE08 and <= 0xFE0D or 0xFF02 or 0xFF03 or 0xFFCE;

    private static string? ReadServerName(ReadOnlySpan<byte> body)
    {
        SpanReader list = new(body);
        if (!list.TryBlock(2, out ReadOnlySpan<byte> names) || !list.IsAtEnd)
        {
            return null;
        }

        SpanReader entry = new(names);
        return entry.TryNumber(1, out int kind) && kind == 0 && entry.TryBlock(2, out ReadOnlySpan<byte> name)
            && entry.IsAtEnd
            ? Text.HostName(name)
            : null;
    }
}
