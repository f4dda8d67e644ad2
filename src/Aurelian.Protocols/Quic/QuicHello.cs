namespace Aurelian.Protocols;

/// <summary>
/// The ClientHello of one QUIC connection, put together from the CRYPTO frames (RFC 9000 §19.6) of its first packets:
/// clients split it, and some send its pieces in any order.
/// </summary>
internal sealed class QuicHello
{
    private const int BytesMax = 8 * 1024, FramesMax = 2048;
    private const int Padding = 0, Ping = 1, Acknowledgement = 2, AcknowledgementEcn = 3, Crypto = 6;

    private readonly byte[] _bytes = new byte[BytesMax];
    private readonly ulong[] _seen = new ulong[BytesMax / 64];
    private readonly byte[] _connection = new byte[QuicInitial.ConnectionIdMax];
    private int _connectionLength;

    /// <summary>Whose it is, where <see cref="Begin"/> said so.</summary>
    internal ReadOnlySpan<byte> Connection => _connection.AsSpan(0, _connectionLength);

    /// <summary>Forgets what it holds, for another connection's.</summary>
    internal void Begin(ReadOnlySpan<byte> connection)
    {
        _seen.AsSpan().Clear();
        connection.CopyTo(_connection);
        _connectionLength = connection.Length;
    }

    /// <summary>Takes a datagram of the client's; true once the whole message is there.</summary>
    internal bool TryFeed(ReadOnlySpan<byte> datagram, out ClientHello hello, out string? fingerprint)
    {
        (hello, fingerprint) = (default, null);
        Span<byte> frames = stackalloc byte[FramesMax];
        if (!QuicInitial.TryOpen(datagram, frames, out int length))
        {
            return false;
        }

        Take(frames[..length]);
        ReadOnlySpan<byte> message = _bytes.AsSpan(0, Contiguous());
        if (ClientHello.ReadMessage(message, out hello) != ParseState.Found)
        {
            return false;
        }

        fingerprint = Ja4.Of(message, quic: true);
        return true;
    }

    private void Take(ReadOnlySpan<byte> frames)
    {
        SpanReader reader = new(frames);
        while (!reader.IsAtEnd && reader.TryVariable(out long kind))
        {
            switch (kind)
            {
                case Padding or Ping:
                    continue;
                case Acknowledgement or AcknowledgementEcn:
                    if (!SkipAcknowledgement(ref reader, kind == AcknowledgementEcn))
                    {
                        return;
                    }

                    break;
                case Crypto:
                    if (!reader.TryVariable(out long offset) || !reader.TryVariable(out long length)
                        || length > reader.Left || !reader.TryBytes((int)length, out ReadOnlySpan<byte> data))
                    {
                        return;
                    }

                    Store(offset, data);
                    break;
                default:
                    return; // no other frame belongs into a client's first packet
            }
        }
    }

    private static bool SkipAcknowledgement(ref SpanReader reader, bool withCounts)
    {
        if (!reader.TryVariable(out _) || !reader.TryVariable(out _) || !reader.TryVariable(out long ranges)
            || !reader.TryVariable(out _) || ranges > 64)
        {
            return false;
        }

        for (long number = 0; number < (ranges * 2) + (withCounts ? 3 : 0); number++)
        {
            if (!reader.TryVariable(out _))
            {
                return false;
            }
        }

        return true;
    }

    private void Store(long offset, ReadOnlySpan<byte> data)
    {
        if (offset < 0 || offset + data.Length > BytesMax)
        {
            return;
        }

        data.CopyTo(_bytes.AsSpan((int)offset));
        for (int at = (int)offset; at < offset + data.Length; at++)
        {
            _seen[at / 64] |= 1UL << (at % 64);
        }
    }

    private int Contiguous()
    {
        int length = 0;
        while (length < BytesMax && (_seen[length / 64] & (1UL << (length % 64))) != 0)
        {
            length++;
        }

        return length;
    }
}
