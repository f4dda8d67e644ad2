using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Investigation;
using Aurelian.UnitTests.Readers;

namespace Aurelian.UnitTests.Investigation.Replay;

public sealed class ReplaySessionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-replay-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_finding_names_its_file_flow_packets_and_time()
    {
        string file = Write("a.pcap", Miner(1_700_000_000_000_000).ToPcap());
        using ReplaySession session = ReplaySession.Open([file], DetectorSet.Standard());

        ReplayFinding found = Assert.Single(session.Read(CancellationToken.None));

        Assert.Equal((file, "mining-stratum", (1L, 4L)), (found.File, found.Finding.Rule, found.Records!.Value));
        Assert.Equal(("203.0.113.7:3333", "stratum"), (found.Flow!.Destination.ToString(), found.Flow.Protocol));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_004), found.Time);
        Assert.Equal("ProtocolSeen", Assert.Single(found.Evidence).Kind);
    }

    [Fact]
    public void Findings_of_several_files_come_in_order_of_time()
    {
        string late = Write("a.pcap", Miner(1_800_000_000_000_000).ToPcap());
        string early = Write("b.pcap", Miner(1_600_000_000_000_000).ToPcap());
        using ReplaySession session = ReplaySession.Open([late, early], DetectorSet.Standard());

        ReplayFinding[] found = [.. OrderedFindings.ByTime(session.Read(CancellationToken.None))];

        Assert.Equal([early, late], found.Select(each => each.File));
        Assert.Equal([1, 1], session.Files.Select(each => each.Findings));
    }

    [Fact]
    public void A_finding_completed_late_stands_where_it_began()
    {
        ReplayFinding late = Found(30), early = Found(10), between = Found(20);

        Assert.Equal([early, between, late], OrderedFindings.ByTime([late, early, between]));
    }

    [Fact]
    public void Findings_that_wait_are_bounded_by_what_they_weigh_and_the_earliest_go_out()
    {
        int taken = 0;
        ReplayEvidence[] evidence = [.. Enumerable.Repeat(new ReplayEvidence(1, "a", 1, null, null), 64)];
        IEnumerable<ReplayFinding> Long()
        {
            for (; taken < 60_000; taken++)
            {
                yield return Found(taken) with { Evidence = evidence };
            }
        }

        Assert.Equal(0, OrderedFindings.ByTime(Long()).First().Time.ToUnixTimeSeconds());
        Assert.InRange(taken, 1, 20_000);
    }

    [Fact]
    public void Ticks_are_made_where_a_file_has_none_and_few_in_a_long_silence()
    {
        CaptureBuilder capture = new CaptureBuilder().Handshake("203.0.113.7", 22)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 22, CaptureBuilder.Ack, 1001, "x", afterUs: 5_500_000)
            .Tcp("10.0.0.1", 40000, "203.0.113.7", 22, CaptureBuilder.Ack, 1002, "y", afterUs: 300_000_000_000_000);
        List<Event> seen = [];
        using ReplaySession session = ReplaySession.Open(
            [Write("a.pcap", capture.ToPcap())], DetectorSet.Standard());

        _ = session.Read(CancellationToken.None, (occurred, _, _) => seen.Add(occurred)).Count();

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(seq => (long)seq), seen.Select(each => each.Seq));
        Assert.Equal(seen.Select(each => each.Time).Order(), seen.Select(each => each.Time));
        int ticks = seen.Count(each => each.Fact is Fact.Tick);
        Assert.InRange(ticks, 20, 100);
    }

    [Fact]
    public void Cancelled_it_keeps_what_it_found_and_says_that_it_is_partial()
    {
        using ReplaySession session = ReplaySession.Open(
            [Write("a.pcap", Miner(1_700_000_000_000_000).ToPcap())], DetectorSet.Standard());
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();

        Assert.Empty(session.Read(cancelled.Token));
        Assert.True(session.Partial);
    }

    [Fact]
    public void A_file_that_nobody_recognises_is_said_to_be_unknown()
    {
        using ReplaySession session = ReplaySession.Open([Write("a", [1, 2, 3])], DetectorSet.Standard());

        Assert.Empty(session.Read(CancellationToken.None));
        Assert.True(Assert.Single(session.Files) is { Kind: "unknown", Partial: true });
    }

    private static ReplayFinding Found(int seconds) => new()
    {
        File = "a",
        Time = DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        LastTime = DateTimeOffset.UnixEpoch.AddSeconds(100),
        Evidence = [],
        Finding = new Finding
        {
            Rule = "r", RuleVersion = 1, Category = Category.Mining, Severity = Severity.High, Confidence = 1,
            Subject = default, Evidence = [], Explanation = "", CompletedAtNs = 0,
        },
    };

    private static CaptureBuilder Miner(long startUs) => new CaptureBuilder { NowUs = startUs }
        .Handshake("203.0.113.7", 3333).Tcp("10.0.0.1", 40000, "203.0.113.7", 3333, CaptureBuilder.Ack, 1001,
            "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
