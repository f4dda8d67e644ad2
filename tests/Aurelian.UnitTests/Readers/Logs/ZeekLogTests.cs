using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Logs;

public sealed class ZeekLogTests
{
    [Fact]
    public void A_connection_is_a_flow_from_its_beginning_to_its_end()
    {
        Reads reads = Reads.OfSample("zeek-conn.log");

        Assert.Equal("zeek-conn", reads.Kind);
        Assert.Equal("203.0.113.7:22", reads.One<Fact.FlowOpened>().Destination.ToString());
        Fact.FlowClosed closed = reads.One<Fact.FlowClosed>();
        Assert.Equal((1030, 20275, "ssh", 2.5),
            (closed.BytesOffered, closed.BytesBack, closed.Protocol, (closed.ClosedAt - closed.OpenedAt).TotalSeconds));
        Assert.Equal(1_672_843_056_913_119_000, reads.ReadingOf<Fact.FlowOpened>().Observation.MonotonicNs);
        Assert.Equal(7, reads.ReadingOf<Fact.FlowOpened>().Record);
    }

    [Fact]
    public void An_attempt_without_answer_is_a_probe() => Assert.Equal(
        [23, 24], Reads.OfSample("zeek-conn.log").All<Fact.ProbeSeen>().Select(probe => probe.Destination.Port));

    [Fact]
    public void Json_logs_of_one_run_share_their_connections()
    {
        const string Ends = "\"uid\":\"C9\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":4,\"id.resp_h\":\"203.0.113.7\","
            + "\"id.resp_p\":443";
        Reads connections = Reads.Of(
            $$"""{"ts":1672843056.9,{{Ends}},"proto":"tcp","conn_state":"SF","orig_bytes":5}""");
        Reads hellos = Reads.Of($$"""{"ts":"2023-01-04T14:37:36.9Z",{{Ends}},"server_name":"a.example"}""");

        Assert.Equal(("zeek-conn", "zeek-ssl"), (connections.Kind, hellos.Kind));
        Assert.Equal(connections.One<Fact.FlowOpened>().Flow, hellos.One<Fact.ProtocolSeen>().Flow);
    }

    [Fact]
    public void Dns_ssh_http_and_notices_say_what_they_saw()
    {
        Reads reads = Reads.OfSample("zeek.jsonl");

        Assert.Equal(("x.example", "NULL", "nxdomain"),
            (reads.One<Fact.DnsAsked>().Name, reads.One<Fact.DnsAsked>().Type, reads.One<Fact.DnsAsked>().Outcome));
        Assert.Equal([("ssh", "SSH-2.0-Go"), ("http", "p.example")],
            reads.All<Fact.ProtocolSeen>().Select(seen => (seen.Protocol, seen.Name!)));
        Assert.Equal("Scan::Port_Scan", reads.One<Fact.AlertSeen>().Rule);
    }
}
