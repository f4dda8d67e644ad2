using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Logs;

public sealed class FirewallLogTests
{
    [Fact]
    public void Conntrack_tells_flows_their_translation_and_their_end()
    {
        Reads reads = Reads.OfSample("conntrack.log");

        Assert.Equal("conntrack", reads.Kind);
        Assert.Equal("10.88.0.8:53829", reads.One<Fact.FlowOpened>().Source.ToString());
        Assert.Equal("198.51.100.20:4158", reads.One<Fact.FlowTranslated>().Source.ToString());
        Assert.Equal((900, 8000), (reads.One<Fact.FlowClosed>().BytesOffered, reads.One<Fact.FlowClosed>().BytesBack));
        Assert.Equal(1_778_509_366_321_799_000, reads.ReadingOf<Fact.FlowOpened>().Observation.MonotonicNs);
    }

    [Fact]
    public void Conntrack_without_stamps_is_read_in_its_order_and_says_so()
    {
        Reads reads = Reads.Of(
            "[DESTROY] tcp 6 src=10.0.0.1 dst=10.0.0.9 sport=5 dport=81 [UNREPLIED] src=10.0.0.9 dst=10.0.0.1 sport=81 "
            + "dport=5");

        Assert.Equal(81, reads.One<Fact.ProbeSeen>().Destination.Port);
        Assert.True(reads.Report.NaiveTimes);
    }

    [Theory]
    [InlineData("vpc.log")]
    [InlineData("vpc-version2.log")]
    public void Vpc_records_are_refusals_and_both_directions_of_one_flow(string sample)
    {
        Reads reads = Reads.OfSample(sample);

        Assert.Equal("aws-vpc-flow", reads.Kind);
        Assert.Equal("203.0.113.7:443", reads.One<Fact.FlowOpened>().Destination.ToString());
        Assert.Equal(
            [(100, 0), (0, 9000)],
            reads.All<Fact.FlowClosed>().Select(each => (each.BytesOffered, each.BytesBack)));
        Assert.Equal("10.0.0.9:22", reads.One<Fact.PacketRefused>().Destination.ToString());
        Assert.False(reads.Report.Partial);
    }

    [Theory]
    [InlineData("cloud-firewall.jsonl")]
    [InlineData("cloud-firewall.json")]
    [InlineData("cloud-firewall.csv")]
    public void Cloud_firewall_records_read_the_same_as_lines_as_an_array_and_as_csv(string sample)
    {
        Reads reads = Reads.OfSample(sample);

        Assert.Equal("alibaba-cloud-firewall", reads.Kind);
        Fact.AlertSeen alert = reads.One<Fact.AlertSeen>();
        Assert.Equal(("Mining, old", "Mining Behavior"), (alert.Rule, alert.Class));
        Fact.FlowClosed closed = reads.One<Fact.FlowClosed>();
        Assert.Equal(("203.0.113.77:8080", "pool.example", 440, 0, 717, false), (closed.Destination.ToString(),
            closed.Name, closed.BytesOffered, closed.BytesUpstream, closed.BytesBack, closed.Allowed));
        Assert.Equal(1_778_508_097_000_000_000, reads.ReadingOf<Fact.AlertSeen>().Observation.MonotonicNs);
    }
}
