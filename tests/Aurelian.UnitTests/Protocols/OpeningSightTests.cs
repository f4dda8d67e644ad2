using Aurelian.Protocols;

namespace Aurelian.UnitTests.Protocols;

/// <summary>What a datagram opens that nobody answers.</summary>
public sealed class OpeningSightTests
{
    [Fact]
    public void Each_opening_is_named()
    {
        Assert.Equal("wireguard", Protocol(OpeningBytes.WireGuard(1)));
        Assert.Equal("openvpn", Protocol(OpeningBytes.OpenVpn()));
        Assert.All([16, 20, 32, 64], length => Assert.Equal("openvpn", Protocol(OpeningBytes.OpenVpnHmac(length))));
        Assert.Equal("openvpn", Protocol(OpeningBytes.OpenVpnCrypt(1)));
        Assert.Equal("openvpn", Protocol([0x50, .. OpeningBytes.OpenVpnCrypt(2)[1..], .. new byte[300]]));
        Assert.Equal("stun", Protocol(OpeningBytes.Stun()));
    }

    [Fact]
    public void Whoever_asks_for_a_name_is_named_with_it()
    {
        OpeningSight sight = new();

        Sighting? secure = sight.Read(OpeningBytes.Dtls("vpn.example"), 443);
        Sighting? asked = sight.Read(OpeningBytes.Dns("a.example"), 53);

        Assert.Equal(("dtls", "vpn.example"), (secure?.Protocol, secure?.Name));
        Assert.Equal(("dns", "TXT", "a.example"), (asked?.Protocol, asked?.Method, asked?.Name));
        Assert.Null(sight.Read(OpeningBytes.Dns("a.example"), 4000));
    }

    /// <summary>Every byte that a real initiation cannot have otherwise.</summary>
    [Theory]
    [InlineData(0, 2)] // another message
    [InlineData(1, 1)] // reserved
    [InlineData(39, 0x80)] // a key beyond the field
    [InlineData(140, 1)] // a second code, that takes an answer before it
    public void A_datagram_of_148_bytes_that_is_no_initiation_is_none(int place, byte value)
    {
        byte[] datagram = OpeningBytes.WireGuard(1);
        datagram[place] = value;

        Assert.Null(new OpeningSight().Read(datagram, 51820));
    }

    [Fact]
    public void A_record_of_148_bytes_that_begins_with_one_is_no_initiation()
    {
        byte[] numbers = new byte[148];
        for (int at = 0; at < 132; at += 4)
        {
            BitConverter.TryWriteBytes(numbers.AsSpan(at), at == 0 ? 1 : at * 1.5f);
        }

        Assert.Null(new OpeningSight().Read(numbers, 27015));
        Assert.Null(new OpeningSight().Read([1, .. new byte[147]], 51820));
    }

    [Theory]
    [InlineData(9, 0)] // acknowledges something
    [InlineData(13, 1)] // not the first packet
    [InlineData(0, 0)] // another key, or another message
    public void A_bare_reset_of_openvpn_is_exact(int place, int from)
    {
        byte[] datagram = OpeningBytes.OpenVpn();
        Assert.NotNull(new OpeningSight().Read(datagram, 1194));
        datagram[place] = (byte)(datagram[place] + 1 + from);

        Assert.Null(new OpeningSight().Read(datagram, 1194));
    }

    [Fact]
    public void Noise_of_openvpn_s_lengths_is_no_reset()
    {
        byte[] many = OpeningBytes.OpenVpnHmac(20), early = OpeningBytes.OpenVpnCrypt(1);
        many[31] = 1; // of millions of packets
        early[13] = 0; // of 1973

        Assert.Null(new OpeningSight().Read(many, 1194));
        Assert.Null(new OpeningSight().Read(early, 1194));
    }

    [Fact]
    public void Hellos_of_several_connections_in_pieces_are_kept_apart()
    {
        byte[] one = [1, 1, 1, 1, 1, 1, 1, 1], other = [2, 2, 2, 2, 2, 2, 2, 2];
        OpeningSight sight = new();

        Assert.Null(sight.Read(Piece(one, "one.example", first: true), 443));
        Assert.Null(sight.Read(Piece(other, "other.example", first: true), 443));
        Assert.Equal("one.example", sight.Read(Piece(one, "one.example", first: false), 443)?.Name);
        Assert.Equal("other.example", sight.Read(Piece(other, "other.example", first: false), 443)?.Name);
    }

    [Fact]
    public void A_place_that_is_taken_over_holds_nothing_of_the_connection_before()
    {
        OpeningSight sight = new();
        sight.Read(Piece([9, 9, 9, 9, 9, 9, 9, 9], "old.example", first: true), 443);
        for (byte number = 0; number < 8; number++)
        {
            Assert.Null(sight.Read(Piece([number, 0, 0, 0, 0, 0, 0, 0], "new.example", first: false), 443));
        }

        // The first piece is gone, and the second alone is no hello.
        Assert.Null(sight.Read(Piece([9, 9, 9, 9, 9, 9, 9, 9], "old.example", first: false), 443));
        Assert.Equal("new.example", sight.Read(Piece([7, 0, 0, 0, 0, 0, 0, 0], "new.example", first: true), 443)?.Name);
    }

    private static byte[] Piece(byte[] connection, string name, bool first)
    {
        byte[] hello = HelloBytes.Chrome(name);
        byte[] frames = first ? QuicBytes.Crypto(0, hello[..150]) : QuicBytes.Crypto(150, hello[150..]);
        return QuicBytes.Protect([.. frames, .. new byte[1200]], first ? 0 : 1, second: false, connection);
    }

    private static string? Protocol(byte[] datagram) => new OpeningSight().Read(datagram, 40_000)?.Protocol;
}
