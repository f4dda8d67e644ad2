using System.Net;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.UnitTests.Response;

/// <summary>Which connection an incident names when its rule was completed by an attempt.</summary>
public sealed class IncidentFlowTests
{
    private static readonly Endpoint Source = new(IPAddress.Parse("100.64.0.2"), 40000);
    private static readonly Endpoint Earlier = new(IPAddress.Parse("10.77.0.1"), 22);
    private static readonly Endpoint Last = new(IPAddress.Parse("10.77.0.3"), 80);
    private static readonly Subject Who = new(
        new RunId("r"), null, new EpisodeId("e1"), new ToolCallId("e1.c1"), new SandboxId("e1"), 10);

    private readonly RunRecord _record = new();
    private long _seq;

    [Fact]
    public void It_is_the_one_that_completed_the_rule_also_when_it_opens_later()
    {
        Tell(new Fact.EpisodeStarted(null, "command", "sha256:0"));
        Tell(new Fact.FlowOpened(new FlowId("f1"), Source, Earlier, Transport.Tcp, null));
        Find(Tell(new Fact.ConnectAttempted(Last, Transport.Tcp)));
        Tell(new Fact.FlowOpened(new FlowId("f2"), Source, Last, Transport.Tcp, null));

        Assert.Equal(("10.77.0.3", 80), Flow());
    }

    [Fact]
    public void It_is_the_one_before_where_the_last_attempt_was_cut_before_it_became_one()
    {
        Tell(new Fact.EpisodeStarted(null, "command", "sha256:0"));
        Tell(new Fact.FlowOpened(new FlowId("f1"), Source, Earlier, Transport.Tcp, null));
        Find(Tell(new Fact.ConnectAttempted(Last, Transport.Tcp)));

        Assert.Equal(("10.77.0.1", 22), Flow());
    }

    private (string?, int?) Flow()
    {
        FlowSummary? flow = Assert.Single(_record.Build(null).Incidents).Flow;
        return (flow?.Destination, flow?.Port);
    }

    private void Find(long completing) => Tell(new Fact.Found(new Finding
    {
        Rule = "probing-internal",
        RuleVersion = 1,
        Category = Category.Probing,
        Severity = Severity.High,
        Confidence = 1,
        Subject = Who,
        Evidence = [completing],
        Explanation = "tried",
        CompletedAtNs = completing,
    }));

    private long Tell(Fact fact)
    {
        _record.Observe(new Event(++_seq, DateTimeOffset.UnixEpoch, _seq, Who, fact));
        return _seq;
    }
}
