using System.IO.Compression;
using System.Net;
using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Captures;

public sealed class CaptureReaderTests
{
    private const string Subscribe = "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n";

    public static TheoryData<int, byte[]> Links => new()
    {
        { 101, [] },
        { 1, [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 8, 0] },
        { 1, [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 8, 0] },
        { 1, [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 0x88, 0x47, 0, 1, 0x01, 64] },
        { 113, [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0] },
        { 276, [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0] },
        { 0, [2, 0, 0, 0] },
        { 108, [0, 0, 0, 2] },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public void A_conversation_is_read_on_every_kind_of_link(int link, byte[] header)
    {
        CaptureBuilder capture = new() { Link = link, LinkHeader = header };

        Reads reads = Reads.Of(capture.Handshake("203.0.113.7", 3333)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 3333, CaptureBuilder.Ack, 1001, Subscribe).ToPcap());

        Assert.Equal("203.0.113.7:3333", reads.One<Fact.FlowOpened>().Destination.ToString());
        Assert.Equal("mining.subscribe", reads.One<Fact.ProtocolSeen>().Method);
        Assert.Equal(4, reads.ReadingOf<Fact.ProtocolSeen>().Record);
        Assert.Equal(Subscribe.Length, reads.One<Fact.FlowClosed>().BytesOffered);
    }

    [Theory]
    [InlineData("little")]
    [InlineData("big")]
    [InlineData("nanoseconds")]
    [InlineData("pcapng")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Every_kind_of_file_gives_the_same(string kind)
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake("203.0.113.7", 3333)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 3333, CaptureBuilder.Ack, 1001, Subscribe);
        byte[] plain = capture.ToPcap();

        Reads reads = Reads.Of(kind switch
        {
            "big" => capture.ToPcap(bigEndian: true),
            "nanoseconds" => capture.ToPcap(nanoseconds: true),
            "pcapng" => capture.ToPcapng(),
            "gzip" => Pack(plain, stream => new GZipStream(stream, CompressionLevel.Fastest)),
            "zstd" => Pack(plain, stream => new ZstdSharp.CompressionStream(stream)),
            _ => plain,
        });

        Assert.Equal(kind == "pcapng" ? "pcapng" : "pcap", reads.Kind);
        Assert.Equal(Reads.Of(plain).Readings, reads.Readings);
        Assert.Equal(4, reads.Report.Records);
        Assert.False(reads.Report.Partial);
    }

    [Fact]
    public void Fragments_are_put_together_in_any_order()
    {
        byte[] datagram =
        [
            0x9C, 0x40, 0, 53, 0, 60, 0, 0, .. CaptureBuilder.DnsQuestion(16, new string('a', 24), "example", "org"),
        ];
        CaptureBuilder capture = new();
        capture.Frame(CaptureBuilder.IpPacket("10.0.0.1", "10.0.0.2", 17, datagram[16..], fragment: 2))
            .Frame(CaptureBuilder.IpPacket("10.0.0.1", "10.0.0.2", 17, datagram[..16], fragment: 0x2000));

        Assert.Equal(new string('a', 24) + ".example.org", Reads.Of(capture.ToPcap()).One<Fact.DnsAsked>().Name);
    }

    [Fact]
    public void IPv6_with_extension_headers_is_read()
    {
        byte[] question = CaptureBuilder.DnsQuestion(28, "example", "org");
        byte[] datagram = [0x9C, 0x40, 0, 53, 0, 0, 0, 0, .. question];
        CaptureBuilder capture = new CaptureBuilder().Ip(
            "2001:db8::1", "2001:db8::53", 60, [17, 0, 1, 4, 0, 0, 0, 0, .. datagram]);

        Reads reads = Reads.Of(capture.ToPcap());

        Assert.Equal(("example.org", "AAAA"), (reads.One<Fact.DnsAsked>().Name, reads.One<Fact.DnsAsked>().Type));
        Assert.Equal(IPAddress.Parse("2001:db8::53"), reads.One<Fact.FlowOpened>().Destination.Address);
    }

    [Fact]
    public void A_truncated_file_gives_what_was_before_and_says_where_it_ends()
    {
        byte[] whole = new CaptureBuilder().Handshake("203.0.113.7", 3333)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 3333, CaptureBuilder.Ack, 1001, Subscribe).ToPcap();

        Reads reads = Reads.Of(whole[..^5]);

        Assert.Single(reads.All<Fact.FlowOpened>());
        Assert.Equal((3, 1, true), (reads.Report.Records, reads.Report.Unreadable, reads.Report.Partial));
        Assert.Contains("packet 4", Assert.Single(reads.Report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_damaged_packet_reading_goes_on()
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake("203.0.113.7", 22);
        byte[] first = capture.ToPcap();
        byte[] all = capture.Tcp("10.0.0.1", 40000, "203.0.113.7", 22, CaptureBuilder.Ack, 1001, "SSH-2.0-x\r\n")
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 22, CaptureBuilder.Ack, 1012, "y").ToPcap();
        byte[] damaged = [.. first, .. new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 9, 9, 9 },
            .. all[first.Length..]];

        Reads reads = Reads.Of(damaged);

        Assert.Equal("SSH-2.0-x", reads.One<Fact.ProtocolSeen>().Name);
        Assert.True(reads.Report.Partial);
    }

    private static byte[] Pack(byte[] bytes, Func<Stream, Stream> packing)
    {
        MemoryStream packed = new();
        using (Stream stream = packing(packed))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }
}
