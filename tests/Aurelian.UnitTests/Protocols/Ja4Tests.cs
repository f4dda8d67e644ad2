using Aurelian.Protocols;

namespace Aurelian.UnitTests.Protocols;

/// <summary>The examples that the algorithm's published text gives.</summary>
public sealed class Ja4Tests
{
    [Fact]
    public void The_published_example_has_the_published_fingerprint() =>
        Assert.Equal("t13d1516h2_8daaf6152771_e5627efa2ab1", Ja4.Of(HelloBytes.Chrome(), quic: false));

    [Theory]
    [InlineData(new byte[] { 0xAB }, "ab")]
    [InlineData(new byte[] { 0xAB, 0xCD }, "ad")]
    [InlineData(new byte[] { 0x30, 0xAB }, "3b")]
    [InlineData(new byte[] { 0x30, 0x31, 0xAB, 0xCD }, "3d")]
    [InlineData(new byte[] { 0x30, 0xAB, 0xCD, 0x31 }, "01")]
    [InlineData(new byte[] { 0x68 }, "hh")]
    public void An_alpn_value_is_shortened_as_the_text_says(byte[] alpn, string ends)
    {
        byte[] names = [0, (byte)(alpn.Length + 1), (byte)alpn.Length, .. alpn];

        Assert.Equal(ends, Ja4.Of(HelloBytes.Plain("a.example", (16, names)), quic: true)![8..10]);
    }

    [Fact]
    public void Without_suites_extensions_or_names_zeros_stand()
    {
        byte[] hello = HelloBytes.Message([], []);

        Assert.Equal("t12i000000_000000000000_000000000000", Ja4.Of(hello, quic: false));
    }

    [Theory]
    [InlineData("www.p4xqmvkz2wtd.com", true, true)]
    [InlineData("www.p4xqmvkz2wtd.com", false, false)] // offers ALPN
    [InlineData("www.microsoft.com", true, false)]
    [InlineData("www.p4xqmvkz2wtd.org", true, false)]
    [InlineData("p4xqmvkz2wtd.com", true, false)]
    public void A_name_as_tor_makes_them_up_is_noted(string name, bool bare, bool like)
    {
        byte[] hello = bare ? HelloBytes.Plain(name) : HelloBytes.Plain(name, (16, HelloBytes.Alpn("h2")));

        Assert.Equal(like, HelloTraits.IsTorLike(name, Ja4.Of(hello, quic: false)));
    }
}
