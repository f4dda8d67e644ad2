using System.Buffers;
using Aurelian.Protocols;

namespace Aurelian.Firewall;

/// <summary>
/// Lets a client's HTTP/1 bytes through, request by request, as long as each is for the one host. Pure: bytes in,
/// approved bytes out; at the first request for another host, or that could be read in two ways, nothing more.
/// </summary>
internal sealed class HttpGuard(string host, int port) : ClientGuard
{
    private readonly ArrayBufferWriter<byte> _waiting = new();
    private long _bodyLeft;
    private ChunkReader? _chunks;

    internal override bool TryFeed(ReadOnlySpan<byte> bytes, IBufferWriter<byte> approved)
    {
        while (Refusal is null && !bytes.IsEmpty)
        {
            if (_bodyLeft > 0)
            {
                int taken = (int)Math.Min(_bodyLeft, bytes.Length);
                approved.Write(bytes[..taken]);
                _bodyLeft -= taken;
                bytes = bytes[taken..];
            }
            else if (_chunks is not null)
            {
                int taken = _chunks.Read(bytes);
                approved.Write(bytes[..taken]);
                bytes = bytes[taken..];
                Refusal = _chunks.IsBroken ? "a chunk that cannot be read" : null;
                _chunks = _chunks.IsDone ? null : _chunks;
            }
            else
            {
                bytes = ReadHead(bytes, approved);
            }
        }

        return Refusal is null;
    }

    /// <summary>What is left after the head's bytes were taken.</summary>
    private ReadOnlySpan<byte> ReadHead(ReadOnlySpan<byte> bytes, IBufferWriter<byte> approved)
    {
        int before = _waiting.WrittenCount;
        int taken = Math.Min(bytes.Length, HttpHead.BytesMax - before);
        _waiting.Write(bytes[..taken]);
        switch (HttpHead.Read(_waiting.WrittenSpan, out HttpHead? head))
        {
            case ParseState.NotThis:
                Refusal = "no HTTP request";
                return bytes;
            case ParseState.NeedMore:
                Refusal = taken < bytes.Length ? "a request head over 16 KiB" : null;
                return bytes[taken..];
        }

        Refusal = Judge(head!);
        if (Refusal is not null)
        {
            return bytes;
        }

        approved.Write(_waiting.WrittenSpan[..head!.Length]);
        _waiting.ResetWrittenCount();
        _bodyLeft = Math.Max(0, head.BodyLength);
        _chunks = head.BodyLength < 0 ? new ChunkReader() : null;
        return bytes[(head.Length - before)..];
    }

    private string? Judge(HttpHead head) => head switch
    {
        { Method: "CONNECT" } => "CONNECT would carry anything",
        { Upgrade: true } => "an upgrade would carry anything",
        { Host: null } => "a request without a host",
        _ when head.Host != host => $"a request for {head.Host} on a connection to {host}",
        _ when head.Port is { } named && named != port => $"a request for port {named} on a connection to port {port}",
        _ => null,
    };
}
