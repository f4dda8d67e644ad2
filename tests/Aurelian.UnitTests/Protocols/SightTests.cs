using System.Text;
using Aurelian.Protocols;

namespace Aurelian.UnitTests.Protocols;

public sealed class SightTests
{
    [Fact]
    public void A_wireguard_handshake_is_known_by_its_pair()
    {
        byte[] opening = new byte[148], answer = new byte[92];
        (opening[0], answer[0]) = (1, 2);

        Assert.Equal("wireguard", Datagrams((true, opening), (false, answer)));
        Assert.Null(Datagrams((true, opening)));
        Assert.Null(Datagrams((true, opening), (false, new byte[92])));
    }

    [Theory]
    [InlineData(0x38, 14)]
    [InlineData(0x38, 42)] // tls-auth with SHA-1
    [InlineData(0x50, 54)] // tls-crypt-v2
    public void An_openvpn_reset_and_its_answer_are_known(byte opcode, int length)
    {
        byte[] reset = new byte[length], answer = new byte[26];
        (reset[0], answer[0]) = (opcode, 0x40);

        Assert.Equal("openvpn", Datagrams((true, reset), (false, answer)));
        Assert.Null(Datagrams((true, reset), (true, answer)));
    }

    [Fact]
    public void A_handshake_of_stratum_2_is_known_by_its_lengths()
    {
        Random random = new(7);
        byte[] key = new byte[64], answer = new byte[234];
        random.NextBytes(key);
        random.NextBytes(answer);

        Assert.Equal("stratum2", Stream((true, key), (false, answer)));
        Assert.Equal("stratum2", Stream((true, key[..10]), (true, key[10..]), (false, answer[..200]),
            (false, answer[200..])));
        Assert.Null(Stream((true, key), (false, answer[..233])));
        Assert.Null(Stream((true, new byte[64]), (false, answer)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    public void Mining_inside_a_websocket_is_unmasked(int piece)
    {
        byte[] said =
        [
            .. Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: pool.example\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\n\r\n"),
            .. Frame("""{"id":1,"method":"mining.subscribe","params":[]}"""),
            .. Frame("""{"id":2,"method":"mining.authorize","params":["w","x"]}"""),
        ];

        Assert.Equal("stratum", Stream([.. said.Chunk(piece).Select(each => (true, each))]));
    }

    [Fact]
    public void A_hello_carries_its_fingerprint()
    {
        List<Sighting> sightings = [];
        new StreamSight().Feed(true, HelloBytes.Record(HelloBytes.Chrome()), sightings);

        Assert.Contains("ja4:t13d1516h2_8daaf6152771_e5627efa2ab1", Assert.Single(sightings).Traits);
    }

    /// <summary>Whoever only begins as TLS does is looked at further.</summary>
    [Theory]
    [InlineData("\u0016\u0003\u0003", true)]
    [InlineData("{\"id\":1,\"method\":\"mining.notify\",\"params\":[]}\n", false)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", false)]
    public void A_stream_of_tls_has_said_all_once_its_server_answers_as_one(string answer, bool done)
    {
        StreamSight sight = new();
        sight.Feed(true, HelloBytes.Record(HelloBytes.Chrome()), []);
        Assert.False(sight.IsDone);

        sight.Feed(false, Encoding.ASCII.GetBytes(answer), []);

        Assert.Equal(done, sight.IsDone);
    }

    [Fact]
    public void Room_that_was_given_back_carries_nothing_into_the_next_stream()
    {
        StreamSight first = new();
        first.Feed(true, Encoding.ASCII.GetBytes("{\"id\":1,\"method\":\"mining.sub"), []);
        first.Release();
        List<Sighting> sightings = [];

        new StreamSight().Feed(true, Encoding.ASCII.GetBytes("scribe\",\"params\":[]}\n"), sightings);

        Assert.Empty(sightings);
    }

    private static byte[] Frame(string text)
    {
        byte[] body = Encoding.ASCII.GetBytes(text), mask = [0x11, 0x22, 0x7B, 0x0A];
        return
        [
            0x81, (byte)(0x80 | body.Length), .. mask, .. body.Select((each, index) => (byte)(each ^ mask[index % 4])),
        ];
    }

    private static string? Datagrams(params (bool FromClient, byte[] Bytes)[] said)
    {
        DatagramSight sight = new();
        foreach ((bool fromClient, byte[] bytes) in said)
        {
            sight.Feed(fromClient, bytes, []);
        }

        return sight.Protocol;
    }

    private static string? Stream(params (bool FromClient, byte[] Bytes)[] said)
    {
        StreamSight sight = new();
        List<Sighting> sightings = [];
        foreach ((bool fromClient, byte[] bytes) in said)
        {
            sight.Feed(fromClient, bytes, sightings);
        }

        return sight.Protocol;
    }
}
