using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Flows;

public sealed class UdpAndIcmpTests
{
    private const string Me = "10.0.0.1", Host = "203.0.113.53";

    [Theory]
    [InlineData(53)]
    [InlineData(5300)]
    public void Dns_questions_are_read_on_any_port(int port)
    {
        byte[] question = CaptureBuilder.DnsQuestion(16, "Data", "tunnel", "example");

        Reads reads = Reads.Of(new CaptureBuilder().Udp(Me, 40000, Host, port, question).ToPcap());

        Fact.DnsAsked asked = reads.One<Fact.DnsAsked>();
        Assert.Equal(("data.tunnel.example", "TXT"), (asked.Name, asked.Type));
        Assert.Equal(reads.One<Fact.FlowOpened>().Flow, asked.Flow);
    }

    [Fact]
    public void A_name_of_any_bytes_is_written_as_in_a_zone_file()
    {
        byte[] question = CaptureBuilder.DnsQuestion(10, "0\u00ab. \\", "t");

        Assert.Equal("0\\171\\046\\032\\092.t",
            Reads.Of(new CaptureBuilder().Udp(Me, 4, Host, 53, question).ToPcap()).One<Fact.DnsAsked>().Name);
    }

    [Fact]
    public void An_answer_alone_names_the_resolver_as_the_server()
    {
        byte[] answer = CaptureBuilder.DnsQuestion(1, "example");
        answer[2] |= 0x80;

        Reads reads = Reads.Of(new CaptureBuilder().Udp(Host, 53, Me, 40000, answer).ToPcap());

        Assert.Equal($"{Host}:53", reads.One<Fact.FlowOpened>().Destination.ToString());
        Assert.Empty(reads.All<Fact.DnsAsked>());
    }

    [Theory]
    [InlineData("same", true)]
    [InlineData("other", false)]
    public void An_echo_says_whether_it_came_back(string back, bool echoed)
    {
        CaptureBuilder capture = new CaptureBuilder()
            .Ip(Me, Host, 1, [8, 0, 0, 0, 0, 1, 0, 1, .. "same"u8])
            .Ip(Host, Me, 1, [0, 0, 0, 0, 0, 1, 0, 1, .. System.Text.Encoding.ASCII.GetBytes(back)]);

        Fact.IcmpSeen[] seen = [.. Reads.Of(capture.ToPcap()).All<Fact.IcmpSeen>()];

        Assert.Equal(
            [(8, 4, null), (0, back.Length, (bool?)echoed)],
            seen.Select(each => (each.Type, each.Bytes, each.Echoed)));
    }

    [Fact]
    public void A_refused_datagram_is_a_probe_of_its_port()
    {
        byte[] original = CaptureBuilder.IpPacket(Me, Host, 17, [0x9C, 0x40, 0, 161, 0, 8, 0, 0]);

        Fact.ProbeSeen probe = Reads.Of(new CaptureBuilder().Ip(Host, Me, 1, [3, 3, 0, 0, 0, 0, 0, 0, .. original])
            .ToPcap()).One<Fact.ProbeSeen>();

        Assert.Equal((Transport.Udp, $"{Host}:161"), (probe.Transport, probe.Destination.ToString()));
    }

    [Fact]
    public void A_refused_connection_is_one_that_asked_and_no_scan_by_flags()
    {
        byte[] original = CaptureBuilder.IpPacket(Me, Host, 6, [0x9C, 0x40, 0, 22, 0, 0, 0, 1]);

        Assert.Equal("S", Reads.Of(new CaptureBuilder().Ip(Host, Me, 1, [3, 3, 0, 0, 0, 0, 0, 0, .. original])
            .ToPcap()).One<Fact.ProbeSeen>().Flags);
    }
}
