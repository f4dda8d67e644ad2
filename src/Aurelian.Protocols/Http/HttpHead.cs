using System.Buffers;

namespace Aurelian.Protocols;

/// <summary>
/// The head of an HTTP/1 request (RFC 9112), read as strictly as a proxy must that lets only a certain host through:
/// what two servers could read in two ways is no request.
/// </summary>
public sealed record HttpHead
{
    public const int BytesMax = 16 * 1024;

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [
            0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
            127,
        ]);

    private static readonly string[] Methods =
        ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND"];

    public required string Method { get; init; }

    public required string Target { get; init; }

    /// <summary>
    /// The one host the request is for, as compared: of an absolute target and the Host header alike.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>The port that the Host header or target names; null when it names none.</summary>
    public int? Port { get; init; }

    /// <summary>Bytes of body that follow; -1 for chunks.</summary>
    public long BodyLength { get; init; }

    public bool Upgrade { get; init; }

    /// <summary>What a WebSocket is to carry; null when the request does not say.</summary>
    public string? Subprotocol { get; init; }

    /// <summary>Bytes of the head, the empty line included.</summary>
    public required int Length { get; init; }

    public static ParseState Read(ReadOnlySpan<byte> stream, out HttpHead? head)
    {
        head = null;
        if (!CouldBegin(stream))
        {
            return ParseState.NotThis;
        }

        int end = stream.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return stream.Length < BytesMax && !HasBareFeed(stream) ? ParseState.NeedMore : ParseState.NotThis;
        }

        return Parse(stream[..(end + 2)], end + 4, out head) ? ParseState.Found : ParseState.NotThis;
    }

    /// <summary>The first bytes are a method's, as far as they go.</summary>
    private static bool CouldBegin(ReadOnlySpan<byte> stream)
    {
        foreach (string method in Methods)
        {
            int common = 0;
            while (common < method.Length && common < stream.Length && stream[common] == method[common])
            {
                common++;
            }

            if (common == stream.Length || (common == method.Length && stream[common] == ' '))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Many servers end a line there, and then the head is over long before we see its end.</summary>
    private static bool HasBareFeed(ReadOnlySpan<byte> stream)
    {
        for (int at = stream.IndexOf((byte)'\n'); at >= 0;)
        {
            if (at == 0 || stream[at - 1] != '\r')
            {
                return true;
            }

            int next = stream[(at + 1)..].IndexOf((byte)'\n');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static bool Parse(ReadOnlySpan<byte> lines, int length, out HttpHead? head)
    {
        head = null;
        // No control character but the tab: some servers end a line or a name at one.
        if (lines.ContainsAny(Controls) || !TryLine(ref lines, out ReadOnlySpan<byte> first))
        {
            return false;
        }

        int space = first.IndexOf((byte)' '), last = first.LastIndexOf((byte)' ');
        if (space <= 0 || last <= space + 1 || first[(last + 1)..] is not [.. var protocol, var minor]
            || !protocol.SequenceEqual("HTTP/1."u8) || minor is not ((byte)'0' or (byte)'1')
            || first[(space + 1)..last].Contains((byte)' '))
        {
            return false;
        }

        HttpFields fields = new();
        while (!lines.IsEmpty)
        {
            if (!TryLine(ref lines, out ReadOnlySpan<byte> line) || !fields.TryAdd(line))
            {
                return false;
            }
        }

        string method = Text.From(first[..space]);
        ReadOnlySpan<byte> target = first[(space + 1)..last];
        // Servers of HTTP/1.0 know no chunks, and many read no body after a GET: they would take it for a request.
        if (!fields.TryHost(method, target, out string? host, out int? port)
            || (fields.IsChunked && minor == '0')
            || (fields.BodyLength != 0 && method is ("GET" or "HEAD" or "TRACE")))
        {
            return false;
        }

        head = new HttpHead
        {
            Method = method, Target = Text.From(target), Host = host, Port = port, BodyLength = fields.BodyLength,
            Upgrade = fields.Upgrade, Subprotocol = fields.Subprotocol, Length = length,
        };
        return true;
    }

    /// <summary>False at the end, and for a line with a bare return or feed in it.</summary>
    private static bool TryLine(ref ReadOnlySpan<byte> lines, out ReadOnlySpan<byte> line)
    {
        int end = lines.IndexOf("\r\n"u8);
        line = end < 0 ? default : lines[..end];
        lines = end < 0 ? default : lines[(end + 2)..];
        return end >= 0 && !line.ContainsAny((byte)'\r', (byte)'\n');
    }
}
