using System.Net;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class MiningShapeDetectorTests
{
    private readonly DetectorSet _detectors = DetectorSet.Standard();
    private readonly List<Finding> _findings = [];
    private long _seq;
    private long _nowNs = 1_000_000_000;

    [Fact]
    public void A_small_chat_that_never_pauses_is_suspect_within_300_seconds()
    {
        Chat(minutes: 10);

        Finding finding = Assert.Single(_findings);
        Assert.Equal((Category.Mining, Severity.Medium), (finding.Category, finding.Severity));
        Assert.InRange(finding.CompletedAtNs, 240_000_000_000, 300_000_000_000);
    }

    [Theory]
    [InlineData("/tmp/xm", "-o stratum+ssl://pool.example:443 -u me", false)]
    [InlineData("/tmp/python3", "train.py", true)]
    [InlineData("memfd:x", "", false)]
    public void With_a_burning_call_that_ran_what_no_work_needs_it_is_mining(string file, string options, bool deleted)
    {
        Add(new Fact.ProcessExecuted(1, file, [file, .. options.Split(' ')], false, deleted), "e1.c1");
        _findings.Clear();

        Chat(minutes: 10, cores: 1.9, call: "e1.c1");

        Finding high = Assert.Single(_findings);
        Assert.Equal((Severity.High, 3), (high.Severity, high.Evidence.Length));
    }

    [Fact]
    public void Training_that_talks_to_a_tracker_stays_below_high()
    {
        Add(new Fact.ProcessExecuted(1, "/usr/bin/python3", ["python3", "train.py"], false, false), "e1.c1");

        Chat(minutes: 10, cores: 1.9, call: "e1.c1");

        Assert.Equal(Severity.Medium, Assert.Single(_findings).Severity);
    }

    [Fact]
    public void Burn_after_the_call_s_end_beside_such_a_chat_is_mining()
    {
        Add(new Fact.ResourceSampled(0, null, 1, new BurnShape(2, 2, 500, 0)), "e1.c1");
        Add(new Fact.ToolCallEnded(0, false, false, 0, false, 0), "e1.c1");

        Chat(minutes: 10, cores: 1.9, call: "e1.c1");

        Assert.Equal(Severity.High, Assert.Single(_findings, finding => finding.Rule == "mining-shape").Severity);
    }

    [Fact]
    public void A_pool_s_name_beside_such_a_chat_and_a_burn_is_mining()
    {
        Add(new Fact.DnsAsked("gulf.moneroocean.stream", "A", "asked", null, false), "e1.c1");

        Chat(minutes: 10, cores: 1.9, call: "e1.c1");

        Assert.Equal(Severity.High, Assert.Single(_findings, finding => finding.Rule == "mining-shape").Severity);
    }

    [Fact]
    public void Another_call_s_burn_does_not_count()
    {
        Add(new Fact.ProcessExecuted(1, "memfd:x", ["x"], false, false), "e1.c1");

        _findings.Clear();

        Chat(minutes: 10, cores: 1.9, call: "e1.c1", burning: "e1.c2");

        Assert.Equal(Severity.Medium, Assert.Single(_findings).Severity);
    }

    [Theory]
    [InlineData("tls", 5, 35, 35)] // keep-alives
    [InlineData("tls", 5, 200, 9000)] // pages
    [InlineData("tls", 80, 200, 200)] // a stream
    [InlineData("tls", 0, 200, 200)] // one side alone
    [InlineData("ssh", 5, 200, 200)] // somebody types
    [InlineData("http", 5, 200, 200)] // in the clear: its words tell
    public void Other_chats_are_none(string protocol, int messages, int outBytes, int backBytes)
    {
        Chat(minutes: 10, messages: messages, outBytes: outBytes, backBytes: backBytes, protocol: protocol);

        Assert.Empty(_findings);
    }

    [Fact]
    public void A_chat_with_pauses_is_none()
    {
        for (int pause = 0; pause < 5; pause++)
        {
            Chat(minutes: 3);
            _nowNs += 200_000_000_000;
            Measured(1, 200, 200, "tls", "e1.c1", gap: 200);
        }

        Assert.Empty(_findings);
    }

    private void Chat(
        int minutes, int messages = 1, int outBytes = 200, int backBytes = 400, string protocol = "tls",
        double cores = 0, string call = "e1.c1", string? burning = null)
    {
        for (int index = 0; index < minutes * 6; index++)
        {
            for (int second = 0; second < 10; second++)
            {
                _nowNs += 1_000_000_000;
                Add(new Fact.ResourceSampled(_nowNs / 1e9 * cores, null, 1), burning ?? call);
            }

            Measured(messages, outBytes, backBytes, protocol, call, gap: 10);
        }
    }

    private void Measured(int messages, int outBytes, int backBytes, string protocol, string call, double gap) => Add(
        new Fact.FlowMeasured(
            new FlowId("f1"), new Endpoint(IPAddress.Parse("100.64.0.2"), 4000),
            new Endpoint(IPAddress.Parse("198.18.0.7"), 443), Transport.Tcp, "cdn.example", protocol, 10,
            new MessageShape(messages, messages * outBytes, outBytes, gap, 0, gap),
            new MessageShape(1, backBytes, backBytes, gap, 0, gap)), call);

    private void Add(Fact fact, string call) => _detectors.Observe(
        new Event(++_seq, DateTimeOffset.UnixEpoch, _nowNs, new Subject(
            new RunId("r"), null, new EpisodeId("e1"), new ToolCallId(call), new SandboxId("e1"), 10), fact),
        _findings);
}
