using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Flows;

public sealed class TcpFlowsTests
{
    private const int Fin = CaptureBuilder.Fin, Syn = CaptureBuilder.Syn, Rst = CaptureBuilder.Rst,
        Psh = CaptureBuilder.Psh, Ack = CaptureBuilder.Ack, Urg = CaptureBuilder.Urg;

    private const string Me = "10.0.0.1", Host = "203.0.113.7";
    private const string Hello = "{\"method\":\"mining.subscribe\"}\n";

    [Fact]
    public void Segments_out_of_order_and_sent_again_are_read_once_and_in_order()
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake(Host, 3333)
            .Tcp(Me, 40000, Host, 3333, Ack, 1011, Hello[10..])
            .Tcp(Me, 40000, Host, 3333, Ack, 1001, Hello[..10])
            .Tcp(Me, 40000, Host, 3333, Ack, 1001, Hello[..10])
            .Tcp(Me, 40000, Host, 3333, Ack, 1006, Hello[5..20]);

        Reads reads = Reads.Of(capture.ToPcap());

        Assert.Equal("mining.subscribe", reads.One<Fact.ProtocolSeen>().Method);
        Assert.Equal(Hello.Length, reads.One<Fact.FlowClosed>().BytesOffered);
    }

    [Fact]
    public void A_hole_that_the_capture_lost_does_not_hide_what_follows()
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake(Host, 3333);
        uint sequence = 1001 + 500;
        for (int line = 0; line < 40; line++, sequence += (uint)Hello.Length)
        {
            capture.Tcp(Me, 40000, Host, 3333, Ack, sequence, Hello);
        }

        Assert.NotEmpty(Reads.Of(capture.ToPcap()).All<Fact.ProtocolSeen>());
    }

    [Fact]
    public void From_the_middle_the_lower_port_is_the_server()
    {
        CaptureBuilder capture = new CaptureBuilder()
            .Tcp(Host, 3333, Me, 40000, Ack, 5000, "{\"method\":\"mining.notify\",\"params\":[]}\n");

        Reads reads = Reads.Of(capture.ToPcap());

        Assert.Equal($"{Host}:3333", reads.One<Fact.FlowOpened>().Destination.ToString());
        Assert.Equal(FlowDirection.Server, reads.One<Fact.ProtocolSeen>().Direction);
    }

    [Theory]
    [InlineData(Fin, "F")]
    [InlineData(0, "")]
    [InlineData(Fin | Psh | Urg, "FPU")]
    public void Packets_that_no_stack_sends_are_probes(int flags, string letters)
    {
        Fact.ProbeSeen probe = Reads.Of(new CaptureBuilder().Tcp(Me, 40000, Host, 80, flags).ToPcap())
            .One<Fact.ProbeSeen>();

        Assert.Equal((letters, $"{Host}:80", false), (probe.Flags, probe.Destination.ToString(), probe.Answered));
    }

    [Fact]
    public void A_syn_is_a_probe_when_refused_unanswered_or_hung_up_on()
    {
        CaptureBuilder capture = new CaptureBuilder()
            .Tcp(Me, 1001, Host, 81, Syn, 1).Tcp(Host, 81, Me, 1001, Rst | Ack)
            .Tcp(Me, 1002, Host, 82, Syn, 1).Tcp(Host, 82, Me, 1002, Syn | Ack, 1).Tcp(Me, 1002, Host, 82, Rst, 2)
            .Tcp(Me, 1003, Host, 83, Syn, 1).Tcp(Me, 1003, Host, 83, Syn, 1);

        Reads reads = Reads.Of(capture.ToPcap());

        Assert.Equal(
            [(81, false), (82, true), (83, false)],
            reads.All<Fact.ProbeSeen>().Select(probe => (probe.Destination.Port, probe.Answered)));
        Assert.All(reads.All<Fact.ProbeSeen>(), probe => Assert.Equal("S", probe.Flags));
        Assert.Equal(82, reads.One<Fact.FlowClosed>().Destination.Port);
    }

    [Fact]
    public void A_flow_is_measured_every_ten_seconds_and_at_its_end()
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake(Host, 443);
        for (uint message = 0; message < 12; message++)
        {
            capture.Tcp(Me, 40000, Host, 443, Ack, 1001 + (message * 4), "ping", afterUs: 2_000_000);
        }

        capture.Tcp(Me, 40000, Host, 443, Fin | Ack, 1049).Tcp(Host, 443, Me, 40000, Fin | Ack, 5001)
            .Tcp(Me, 40000, Host, 443, Ack, 1050);
        Reads reads = Reads.Of(capture.ToPcap());

        Fact.FlowMeasured[] measured = [.. reads.All<Fact.FlowMeasured>()];
        Assert.Equal(12, measured.Sum(each => each.Out.Messages));
        Assert.InRange(measured.Length, 3, 4);
        Assert.All(measured.Skip(1), each => Assert.Equal(2, each.Out.GapMean, 3));
        Fact.FlowClosed closed = reads.One<Fact.FlowClosed>();
        Assert.Equal((48, 48, 0), (closed.BytesOffered, closed.BytesUpstream, closed.BytesBack));
    }

    [Fact]
    public void The_same_ends_used_again_are_another_flow()
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake(Host, 22)
            .Tcp(Me, 40000, Host, 22, Rst, 1001).Handshake(Host, 22);

        Assert.Equal(2, Reads.Of(capture.ToPcap()).All<Fact.FlowOpened>().Select(each => each.Flow).Distinct().Count());
    }

    [Fact]
    public void A_flood_of_flows_is_bounded_and_what_is_forgotten_is_counted()
    {
        CaptureBuilder capture = new();
        for (int port = 1; port < 40_000; port++)
        {
            capture.Tcp(Me, port, Host, 80, Ack, 1, "x", afterUs: 10);
        }

        Reads reads = Reads.Of(capture.ToPcap());

        Assert.Equal(39_999, reads.All<Fact.FlowClosed>().Count());
        Assert.InRange(reads.Report.Evicted, 7000, 8000);
    }

    [Fact]
    public void A_packet_of_a_known_flow_allocates_nothing()
    {
        long small = Allocated(1000), large = Allocated(20_000);

        // Beyond the flow itself only what is told every ten seconds, here never.
        Assert.InRange(large - small, -4096, 4096);
    }

    private static long Allocated(int packets)
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake(Host, 443);
        for (uint packet = 0; packet < packets; packet++)
        {
            capture.Tcp(Me, 40000, Host, 443, Ack, 1001 + (packet * 100), new string('x', 100), afterUs: 1)
                .Tcp(Host, 443, Me, 40000, Ack, 5001 + (packet * 100), new string('y', 100), afterUs: 1);
        }

        byte[] bytes = capture.ToPcap();
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            using MemoryStream stream = new(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int readings = new Aurelian.Readers.CaptureReader(nextGeneration: false)
                .Read(stream, new Aurelian.Readers.ReadReport(), CancellationToken.None).Count();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.InRange(readings, 1, 10);
        }

        return least;
    }
}
