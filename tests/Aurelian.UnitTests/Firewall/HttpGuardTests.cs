using System.Buffers;
using System.Text;
using Aurelian.Firewall;
using CsCheck;

namespace Aurelian.UnitTests.Firewall;

public sealed class HttpGuardTests
{
    private const string Good = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    [Theory]
    [InlineData(Good)]
    [InlineData("GET / HTTP/1.1\r\nhost: A.Example.\r\n\r\n")]
    [InlineData("GET http://a.example/x HTTP/1.1\r\nHost: a.example:80\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello" + Good)]
    [InlineData("POST / HTTP/1.0\r\nHost: a.example\r\nContent-Length: 5\r\nX_y: z\r\n\r\nhello")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nX:\ttab\tbed\r\n\r\n" + Good)]
    [InlineData("DELETE / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n\r\nx" + Good)]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        + Good)]
    public void Requests_for_the_one_host_pass_unchanged(string stream)
    {
        (string approved, string? refusal) = Feed(stream);

        Assert.Null(refusal);
        Assert.Equal(stream, approved);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: b.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n")]
    [InlineData("GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET http://a.example@b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : a.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\0.b.example\r\n\r\n")]
    [InlineData("CONNECT b.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: +3\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\nContent_Length: 4\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer_Encoding: chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nX: y\nHost: b.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nX: y\rHost: b.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\n\nGET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nX: y\nUpgrade: h2c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: b.example\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nX: \u000b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nX\u000b: y\r\n\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.2\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1x\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET http://a.example:8080/ HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET http://a.example:8080/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET http:///x HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    public void What_is_for_another_host_or_could_be_read_in_two_ways_is_refused(string stream)
    {
        (string approved, string? refusal) = Feed(Good + stream);

        Assert.NotNull(refusal);
        Assert.Equal(Good, approved);
    }

    [Fact]
    public void Cut_anywhere_the_same_bytes_are_approved() => Gen.Int[1, 40].Array[1, 8].Sample(cuts =>
    {
        const string stream =
            "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n0\r\n\r\n"
                + Good;
        HttpGuard guard = new("a.example", 80);
        ArrayBufferWriter<byte> approved = new();
        int at = 0, round = 0;
        while (at < stream.Length)
        {
            int taken = Math.Min(cuts[round++ % cuts.Length], stream.Length - at);
            Assert.True(guard.TryFeed(Encoding.Latin1.GetBytes(stream.Substring(at, taken)), approved));
            at += taken;
        }

        Assert.Equal(stream, Encoding.Latin1.GetString(approved.WrittenSpan));
    });

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        new HttpGuard("a.example", 80).TryFeed(bytes, new ArrayBufferWriter<byte>());
    });

    private static (string Approved, string? Refusal) Feed(string stream)
    {
        HttpGuard guard = new("a.example", 80);
        ArrayBufferWriter<byte> approved = new();
        guard.TryFeed(Encoding.Latin1.GetBytes(stream), approved);
        return (Encoding.Latin1.GetString(approved.WrittenSpan), guard.Refusal);
    }
}
