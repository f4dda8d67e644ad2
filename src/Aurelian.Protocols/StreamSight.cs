using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Aurelian.Protocols;

/// <summary>
/// Names what one stream speaks from the first kilobytes of both directions, whatever its port. Fed in any pieces, it
/// gives the same sightings. Bounded: 16 KiB a direction are looked at, the rest passes unseen.
/// </summary>
public sealed class StreamSight
{
    private const int BytesMax = 16 * 1024;

    /// <summary>Rooms of each size that wait for another stream: 32 MB of all sizes together, at most.</summary>
    private const int RoomsMax = 1024;

    private static readonly ArrayPool<byte> Rooms = ArrayPool<byte>.Create(BytesMax, RoomsMax);

    private readonly Side _client = new(true);
    private readonly Side _server = new(false);
    private bool _mining;

    /// <summary>The protocol, once something named it.</summary>
    public string? Protocol { get; private set; }

    /// <summary>The client side can say nothing new any more: named, foreign, or full.</summary>
    public bool ClientDecided => _client.Decided;

    /// <summary>
    /// Neither side can say anything new: both are full, have exchanged their SSH keys' terms, or speak TLS.
    /// </summary>
    public bool IsDone => _client.Done && (_server.Done || (_client.SaysHello && _server.AnswersHello));

    /// <summary>Whether what a side says from now on passes unseen.</summary>
    public bool IsFull(bool fromClient) => (fromClient ? _client : _server).Full;

    public void Feed(bool fromClient, ReadOnlySpan<byte> bytes, ICollection<Sighting> sightings)
    {
        Side side = fromClient ? _client : _server;
        if (side.Full)
        {
            return;
        }

        int before = sightings.Count;
        side.Add(bytes, BytesMax);
        side.Look(_mining, sightings);
        if (!fromClient && Protocol is null && NoiseHandshake.IsStratum2(_client.Said, _server.Said))
        {
            sightings.Add(new Sighting("stratum2", true, "noise-handshake", null, []));
        }

        if (sightings.Count > before)
        {
            Sighting last = sightings.Last();
            Protocol = last.Protocol == "stratum" || Protocol is null ? last.Protocol : Protocol;
            _mining |= Protocol == "stratum";
        }
    }

    /// <summary>Gives its room back for another stream; it must not be fed any more.</summary>
    public void Release()
    {
        _client.Release();
        _server.Release();
    }

    private sealed class Side(bool fromClient)
    {
        private const int LineMax = 8 * 1024, FrameMax = 4 * 1024;

        private byte[] _bytes = [];
        private int _length;
        private int _lineAt;
        private bool _begun;
        private bool _keyExchangeSeen;
        private bool _frames;
        private string? _kind;

        internal bool Full => _length >= BytesMax;

        /// <summary>What was said so far.</summary>
        internal ReadOnlySpan<byte> Said => _bytes.AsSpan(0, _length);

        internal bool Decided => Full || (_begun && _kind is null or "tls" or "socks");

        internal bool Done => Full || _kind == "tls" || _keyExchangeSeen;

        internal bool SaysHello => _kind == "tls";

        /// <summary>A record of TLS's handshake (RFC 8446 §5.1), or an alert: no line of text begins so.</summary>
        internal bool AnswersHello => _length >= 3 && _bytes[0] is 0x15 or 0x16 && _bytes[1] == 3;

        internal void Release()
        {
            if (_bytes.Length > 0)
            {
                Rooms.Return(_bytes);
            }

            (_bytes, _length) = ([], BytesMax);
        }

        internal void Add(ReadOnlySpan<byte> bytes, int max)
        {
            int taken = Math.Min(bytes.Length, max - _length);
            if (_length + taken > _bytes.Length)
            {
                byte[] larger = Rooms.Rent(Math.Min(max, Math.Max(_length + taken, Math.Max(1024, _length * 2))));
                Said.CopyTo(larger);
                if (_bytes.Length > 0)
                {
                    Rooms.Return(_bytes);
                }

                _bytes = larger;
            }

            bytes[..taken].CopyTo(_bytes.AsSpan(_length));
            _length += taken;
        }

        internal void Look(bool mining, ICollection<Sighting> sightings)
        {
            ReadOnlySpan<byte> seen = _bytes.AsSpan(0, _length);
            if (!_begun)
            {
                Begin(seen, sightings);
            }

            if (_kind == "ssh")
            {
                LookAtKeyExchange(seen, sightings);
            }
            else if (_frames)
            {
                LookAtFrames(seen, mining, sightings);
            }
            else if (_kind != "tls")
            {
                LookAtLines(seen, mining, sightings);
            }
        }

        /// <summary>What a client says in a WebSocket is masked: unmasked, it is lines as any others.</summary>
        [SkipLocalsInit]
        private void LookAtFrames(ReadOnlySpan<byte> seen, bool mining, ICollection<Sighting> sightings)
        {
            Span<byte> payload = stackalloc byte[FrameMax];
            while (_frames)
            {
                ParseState state = WebSocketFrame.Read(seen[_lineAt..], payload, out int written, out int taken);
                _frames = state != ParseState.NotThis;
                if (state != ParseState.Found)
                {
                    return;
                }

                _lineAt += taken;
                foreach (Range line in payload[..written].Split((byte)'\n'))
                {
                    Tell(payload[line], mining, sightings);
                }
            }
        }

        private void Tell(ReadOnlySpan<byte> line, bool mining, ICollection<Sighting> sightings)
        {
            MiningLine read = line.IndexOf((byte)'"') < 0 ? default : MiningLine.Read(line);
            if (read.Method is not null || (read.IsReply && mining && !fromClient))
            {
                sightings.Add(new Sighting("stratum", fromClient, read.Method, null, Traits(read)));
            }
        }

        private void Begin(ReadOnlySpan<byte> seen, ICollection<Sighting> sightings)
        {
            ReadOnlySpan<byte> rest = seen;
            ParseState ssh = SshHello.ReadBanner(ref rest, out ReadOnlySpan<byte> banner);
            ParseState tls = ClientHello.Read(seen, out ClientHello hello);
            ParseState http = HttpHead.Read(seen, out HttpHead? head);
            if (ssh == ParseState.Found)
            {
                _kind = "ssh";
                sightings.Add(new Sighting("ssh", fromClient, "banner", Text.From(banner), []));
            }
            else if (tls == ParseState.Found && fromClient)
            {
                _kind = "tls";
                sightings.Add(new Sighting("tls", true, "client-hello", hello.ServerName,
                    HelloTraits.Of(hello, ClientHello.Fingerprint(seen))));
            }
            else if (http == ParseState.Found && fromClient)
            {
                _kind = "http";
                _lineAt = head!.Length;
                _frames = head.Upgrade;
                sightings.Add(new Sighting("http", true, head.Method, head.Host, Traits(head)));
            }
            else if (fromClient && LooksLikeSocks(seen))
            {
                _kind = "socks";
                sightings.Add(new Sighting("socks", true, seen[0] == 5 ? "socks5" : "socks4", null, []));
            }

            _begun = _kind is not null || (ssh == ParseState.NotThis && tls == ParseState.NotThis
                && http == ParseState.NotThis);
        }

        private static ImmutableArray<string> Traits(HttpHead head)
        {
            ImmutableArray<string> traits = head.Upgrade ? ["upgrade"] : [];
            return head is { Upgrade: true, Subprotocol: { } carried } ? traits.Add($"subprotocol:{carried}") : traits;
        }

        private static bool LooksLikeSocks(ReadOnlySpan<byte> seen) => seen.Length >= 3
            && ((seen[0] == 5 && seen[1] is > 0 and < 8 && seen.Length == 2 + seen[1])
                || (seen[0] == 4 && seen[1] is 1 or 2 && seen.Length >= 9 && seen[^1] == 0));

        private void LookAtKeyExchange(ReadOnlySpan<byte> seen, ICollection<Sighting> sightings)
        {
            if (_keyExchangeSeen)
            {
                return;
            }

            SshHello.ReadBanner(ref seen, out _);
            if (SshHello.SpeaksAsClient(seen) is { } asClient)
            {
                _keyExchangeSeen = true;
                ImmutableArray<string> traits = asClient == fromClient ? [] : ["role-inverted"];
                sightings.Add(new Sighting("ssh", fromClient, "kexinit", null, traits));
            }
        }

        private void LookAtLines(ReadOnlySpan<byte> seen, bool mining, ICollection<Sighting> sightings)
        {
            while (_lineAt < seen.Length)
            {
                ReadOnlySpan<byte> rest = seen[_lineAt..];
                int end = rest.IndexOf((byte)'\n');
                // The last line counts as soon as its object closes: many clients send no newline after HTTP bodies.
                bool closed = end >= 0 || (rest.Length <= LineMax && rest.TrimEnd(" \r\t"u8).EndsWith("}"u8));
                if (!closed && rest.Length <= LineMax && seen.Length < BytesMax)
                {
                    return;
                }

                ReadOnlySpan<byte> line = end >= 0 ? rest[..end] : rest;
                _lineAt += end >= 0 ? end + 1 : rest.Length;
                Tell(line, mining, sightings);
            }
        }

        private ImmutableArray<string> Traits(MiningLine read)
        {
            ImmutableArray<string> traits = [];
            traits = read.WalletLogin ? traits.Add("wallet-login") : traits;
            traits = read.IsReply ? traits.Add("reply") : traits;
            return _kind == "http" ? traits.Add("over-http") : traits;
        }
    }
}
