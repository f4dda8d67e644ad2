using System.Buffers.Binary;

namespace Aurelian.Protocols;

/// <summary>The banner and the first key-exchange message of SSH (RFC 4253 §4.2 and §7.1).</summary>
internal static class SshHello
{
    private const int BannerMax = 255;
    private const byte KeyExchangeInit = 20;
    private const int CookieLength = 16;

    /// <summary>Whether a stream begins with a banner, which is then cut off the span.</summary>
    internal static ParseState ReadBanner(ref ReadOnlySpan<byte> stream, out ReadOnlySpan<byte> banner)
    {
        banner = default;
        ReadOnlySpan<byte> start = "SSH-"u8;
        int common = Math.Min(start.Length, stream.Length);
        if (!stream[..common].SequenceEqual(start[..common]))
        {
            return ParseState.NotThis;
        }

        int end = stream.IndexOf((byte)'\n');
        if (end < 0)
        {
            return stream.Length <= BannerMax ? ParseState.NeedMore : ParseState.NotThis;
        }

        banner = stream[..end].TrimEnd((byte)'\r');
        stream = stream[(end + 1)..];
        return ParseState.Found;
    }

    /// <summary>
    /// Reads who speaks from the key-exchange lists: a client offers <c>ext-info-c</c> or <c>kex-strict-c-…</c>, a
    /// server the same with <c>s</c>. Null when the message is not complete or says neither.
    /// </summary>
    internal static bool? SpeaksAsClient(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 6)
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(packet);
        if (length > 35_000 || packet.Length < 4 + length || packet[5] != KeyExchangeInit)
        {
            return null;
        }

        SpanReader reader = new(packet[6..(int)(4 + length)]);
        if (!reader.Skip(CookieLength) || !reader.TryBlock(4, out ReadOnlySpan<byte> algorithms))
        {
            return null;
        }

        bool client = algorithms.IndexOf("ext-info-c"u8) >= 0 || algorithms.IndexOf("kex-strict-c"u8) >= 0;
        bool server = algorithms.IndexOf("ext-info-s"u8) >= 0 || algorithms.IndexOf("kex-strict-s"u8) >= 0;
        return client == server ? null : client;
    }
}
