using Aurelian.Events;

namespace Aurelian.UnitTests.Readers.Logs;

public sealed class SuricataEveTests
{
    private static readonly Reads Sample = Reads.OfSample("eve.jsonl");

    [Fact]
    public void A_flow_s_records_belong_together_and_open_it_once()
    {
        Assert.Equal("suricata-eve", Sample.Kind);
        FlowId flow = Sample.All<Fact.FlowOpened>().First().Flow;
        Assert.Single(Sample.All<Fact.FlowOpened>(), opened => opened.Flow == flow);
        Assert.Equal((flow, "a.example"), (Sample.One<Fact.ProtocolSeen>().Flow, Sample.One<Fact.ProtocolSeen>().Name));
        Fact.FlowClosed closed = Sample.One<Fact.FlowClosed>();
        Assert.Equal((flow, 10, 20, "tls"), (closed.Flow, closed.BytesUpstream, closed.BytesBack, closed.Protocol));
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 10, 0, 1, TimeSpan.Zero), closed.OpenedAt);
        Assert.Equal((8, false), (Sample.Report.Records, Sample.Report.Partial));
    }

    [Fact]
    public void Flows_that_nobody_answered_are_probes() => Assert.Equal(
        [(81, "S"), (82, ""), (83, "FPU")],
        Sample.All<Fact.ProbeSeen>().Select(probe => (probe.Destination.Port, probe.Flags)));

    [Fact]
    public void Dns_questions_are_read_in_both_versions() => Assert.Equal(
        [("a.example", "TXT"), ("b.example", "NULL")],
        Sample.All<Fact.DnsAsked>().Select(asked => (asked.Name, asked.Type)));

    [Fact]
    public void An_alert_is_the_other_tool_s_word()
    {
        Fact.AlertSeen alert = Sample.One<Fact.AlertSeen>();

        Assert.Equal(("suricata", "ET COINMINER ä", "Coin Mining", "1"),
            (alert.Tool, alert.Rule, alert.Class, alert.Severity));
    }

    [Fact]
    public void A_damaged_line_costs_itself_and_is_located()
    {
        string[] lines = System.Text.Encoding.UTF8.GetString(Reads.SampleBytes("eve.jsonl")).Split('\n');

        Reads reads = Reads.Of(lines[0], lines[1][..30], lines[7]);

        Assert.Equal((2, 1), (reads.Report.Records, reads.Report.Unreadable));
        Assert.StartsWith("line 2:", Assert.Single(reads.Report.Notes), StringComparison.Ordinal);
    }
}
