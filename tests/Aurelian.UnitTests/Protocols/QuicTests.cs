using Aurelian.Protocols;

namespace Aurelian.UnitTests.Protocols;

public sealed class QuicTests
{
    /// <summary>RFC 9001 appendix A.1 and A.2: keys, and the first bytes of the protected packet.</summary>
    [Fact]
    public void Keys_and_protection_are_those_of_the_rfc_s_example()
    {
        Span<byte> key = stackalloc byte[16], nonce = stackalloc byte[12], header = stackalloc byte[16];
        QuicInitial.Derive(QuicBytes.ConnectionId, second: false, key, nonce, header);

        Assert.Equal("1f369613dd76d5467730efcbe3b1a22d", Convert.ToHexStringLower(key));
        Assert.Equal("fa044b2f42a3fd3b46fb255c", Convert.ToHexStringLower(nonce));
        Assert.Equal("9f50449e04a0e810283a1e9933adedd2", Convert.ToHexStringLower(header));

        byte[] hello = Convert.FromHexString(
            "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
            + "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
            + "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
            + "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
            + "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
            + "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
            + "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
            + "75300901100f088394c8f03e51570806048000ffff");
        byte[] packet = QuicBytes.Protect([.. hello, .. new byte[1162 - hello.Length]], number: 2, second: false);

        Assert.StartsWith(
            "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11", Convert.ToHexStringLower(packet),
            StringComparison.Ordinal);
        Sighting seen = Assert.Single(Feed(packet));
        Assert.Equal(("quic", "example.com"), (seen.Protocol, seen.Name));
        Assert.Contains(seen.Traits, trait => trait.StartsWith("ja4:q13d", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hello_in_pieces_out_of_order_over_two_datagrams_is_read(bool second)
    {
        byte[] hello = HelloBytes.Chrome("quic.example.org");
        byte[] late = [.. QuicBytes.Crypto(200, hello[200..]), 1, .. new byte[1200]];
        byte[] early =
        [
            .. QuicBytes.Crypto(100, hello[100..200]), 0, 0, .. QuicBytes.Crypto(0, hello[..100]), .. new byte[1200],
        ];

        Sighting seen = Assert.Single(Feed(
            QuicBytes.Protect(late, 0, second), QuicBytes.Protect(early, 1, second)));

        Assert.Equal("quic.example.org", seen.Name);
    }

    [Fact]
    public void A_damaged_packet_says_nothing()
    {
        byte[] packet = QuicBytes.Protect(
            [.. QuicBytes.Crypto(0, HelloBytes.Chrome()), .. new byte[1200]], 0, second: false);
        packet[700] ^= 1;

        Assert.Empty(Feed(packet));
    }

    private static List<Sighting> Feed(params byte[][] datagrams)
    {
        DatagramSight sight = new();
        List<Sighting> sightings = [];
        foreach (byte[] datagram in datagrams)
        {
            sight.Feed(fromClient: true, datagram, sightings);
        }

        return sightings;
    }
}
