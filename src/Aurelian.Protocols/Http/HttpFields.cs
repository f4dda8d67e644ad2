using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Aurelian.Protocols;

/// <summary>The header fields that decide where a request goes and where it ends.</summary>
internal struct HttpFields
{
    /// <summary>RFC 9110 §5.6.2, "token".</summary>
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private const int SubprotocolMax = 64;

    private string? _host;
    private int? _port;
    private bool _hasHost, _hasLength, _chunked;

    internal long BodyLength { get; private set; }

    internal bool Upgrade { get; private set; }

    /// <summary>What a WebSocket is to carry (RFC 6455 §11.3.4), cut to a bound; null when it does not say.</summary>
    internal string? Subprotocol { get; private set; }

    internal readonly bool IsChunked => _chunked;

    /// <summary>False when the field makes the request ambiguous.</summary>
    internal bool TryAdd(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        // A space before the colon or at the start (folding), or any other byte that no name has, is read differently
        // by different servers; so is an underscore, which some take for a hyphen.
        if (colon <= 0 || line[..colon].ContainsAnyExcept(NameBytes) || IsLookAlike(line[..colon]))
        {
            return false;
        }

        ReadOnlySpan<byte> name = line[..colon], value = line[(colon + 1)..].Trim(" \t"u8);
        if (Ascii.EqualsIgnoreCase(name, "host"u8))
        {
            bool first = !_hasHost;
            _hasHost = true;
            return first && TryAuthority(value, out _host, out _port);
        }

        if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
        {
            bool parsed = Utf8Parser.TryParse(value, out long length, out int used) && used == value.Length
                && length >= 0;
            bool first = !_hasLength && !_chunked;
            (_hasLength, BodyLength) = (true, length);
            return parsed && first && char.IsAsciiDigit((char)value[0]);
        }

        if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
        {
            bool fine = !_hasLength && !_chunked && Ascii.EqualsIgnoreCase(value, "chunked"u8);
            (_chunked, BodyLength) = (true, -1);
            return fine;
        }

        if (Ascii.EqualsIgnoreCase(name, "sec-websocket-protocol"u8))
        {
            Subprotocol ??= Text.From(value[..Math.Min(value.Length, SubprotocolMax)]);
        }

        Upgrade |= Ascii.EqualsIgnoreCase(name, "upgrade"u8);
        return true;
    }

    /// <summary>The host of the Host field, which an absolute target must agree with.</summary>
    internal readonly bool TryHost(string method, ReadOnlySpan<byte> target, out string? host, out int? port)
    {
        host = _host;
        port = _port;
        ReadOnlySpan<byte> authority = default;
        if (method == "CONNECT")
        {
            authority = target;
        }
        else if (target.IndexOf("://"u8) is var scheme and > 0 && !target[..scheme].Contains((byte)'/'))
        {
            authority = target[(scheme + 3)..];
            int slash = authority.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
            authority = slash < 0 ? authority : authority[..slash];
        }

        if (authority.IsEmpty)
        {
            return target[0] is (byte)'/' or (byte)'*';
        }

        if (!TryAuthority(authority, out string? named, out int? namedPort)
            || (host is not null && (host != named || (port ?? namedPort) != (namedPort ?? port))))
        {
            return false;
        }

        (host, port) = (named, port ?? namedPort);
        return true;
    }

    private static bool IsLookAlike(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "content_length"u8) || Ascii.EqualsIgnoreCase(name, "transfer_encoding"u8);

    private static bool TryAuthority(ReadOnlySpan<byte> authority, out string? host, out int? port)
    {
        port = null;
        int colon = authority.LastIndexOf((byte)':');
        if (colon >= 0)
        {
            if (!Utf8Parser.TryParse(authority[(colon + 1)..], out ushort number, out int used)
                || used != authority.Length - colon - 1)
            {
                host = null;
                return false;
            }

            port = number;
            authority = authority[..colon];
        }

        host = Text.HostName(authority);
        return host is not null;
    }
}
