using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Investigation;
using Aurelian.Readers;
using Aurelian.UnitTests.Tidy;

namespace Aurelian.UnitTests.Readers;

/// <summary>Real captures of others, where they lie beside the checkout; skipped visibly where they do not.</summary>
public sealed class CorpusTests
{
    private static readonly string Corpus = Path.GetFullPath(Path.Combine(Repository.Root, "../shared/corpus"));

    [Fact]
    public void Every_file_of_the_development_corpus_is_read_whole()
    {
        Assert.SkipUnless(Directory.Exists(Corpus), "the development corpus is not beside this checkout");
        string[] files = [.. new[] { "pcap", "logs", "trajectories" }.SelectMany(folder =>
            Directory.GetFiles(Path.Combine(Corpus, folder)))];

        foreach (string file in files)
        {
            using ReplaySession session = ReplaySession.Open([file], DetectorSet.Standard());
            _ = session.Read(CancellationToken.None).Count();

            ReplayFile read = Assert.Single(session.Files);
            Assert.True(read is { Partial: false, Records: > 0, Unreadable: 0 } && read.Kind != "unknown",
                $"{read.File}: {read.Kind}, {read.Records}, {string.Join("; ", read.Notes)}");
        }
    }

    /// <summary>What the detectors of scans, tunnels and password guessing need is among the facts.</summary>
    [Theory]
    [InlineData("scan-tcp-flags.pcapng", nameof(Fact.ProbeSeen), 7)]
    [InlineData("tunnel-dns-dnscat.pcap", nameof(Fact.DnsAsked), 100)]
    [InlineData("tunnel-dns-iodine.pcap", nameof(Fact.DnsAsked), 100)]
    [InlineData("tunnel-icmp.pcap", nameof(Fact.IcmpSeen), 500)]
    [InlineData("bruteforce-ssh.pcap", nameof(Fact.FlowClosed), 10)]
    public void A_capture_s_facts_show_what_it_holds(string file, string fact, int min)
    {
        Assert.SkipUnless(Directory.Exists(Corpus), "the development corpus is not beside this checkout");

        Reads reads = Reads.Of(File.ReadAllBytes(Path.Combine(Corpus, "pcap", file)));

        Assert.True(reads.Facts.Count(each => each.GetType().Name == fact) >= min, string.Join(", ", reads.Facts
            .GroupBy(each => each.GetType().Name).Select(group => $"{group.Key}: {group.Count()}")));
    }

    [Theory]
    [InlineData("mining-btc-midstream.pcap")]
    [InlineData("mining-btc-mixed.pcap")]
    [InlineData("mining-xmr-login.pcap")]
    [InlineData("mining-zec-stratum.pcap")]
    public void Mining_in_the_clear_is_found(string file)
    {
        Assert.SkipUnless(Directory.Exists(Corpus), "the development corpus is not beside this checkout");

        using ReplaySession session = ReplaySession.Open([Path.Combine(Corpus, "pcap", file)], DetectorSet.Standard());

        Assert.Contains(session.Read(CancellationToken.None),
            found => found.Finding is { Category: Category.Mining, Severity: Severity.High });
    }

    /// <summary>Real sessions as they would look inside TLS: its sizes and gaps, without its words.</summary>
    [Theory]
    [InlineData("mining-xmr-login.pcap", true)]
    [InlineData("mining-zec-stratum.pcap", true)]
    [InlineData("mining-btc-mixed.pcap", false)] // over before the shape shows
    [InlineData("benign-git.pcap", false)]
    [InlineData("benign-git-https.pcap", false)]
    [InlineData("benign-mongodb.pcap", false)]
    [InlineData("benign-postgres.pcap", false)]
    [InlineData("benign-ssh-interactive.pcap", false)]
    [InlineData("benign-tls.pcap", false)]
    [InlineData("benign-zabbix-periodic.pcap", false)]
    [InlineData("hardneg-bitcoin-p2p.pcap", true)] // a node's chat, were it inside TLS, is not separable
    public void Mining_inside_tls_shows_by_its_shape(string file, bool found)
    {
        Assert.SkipUnless(Directory.Exists(Corpus), "the development corpus is not beside this checkout");
        const int RecordBytes = 22; // what TLS 1.3 adds to a message
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> findings = [];

        foreach (Reading reading in Reads.Of(File.ReadAllBytes(Path.Combine(Corpus, "pcap", file))).Readings)
        {
            if (reading.Observation.Fact is Fact.FlowMeasured { Transport: Transport.Tcp } measured)
            {
                MessageShape Hide(MessageShape shape) =>
                    shape with { Bytes = shape.Bytes + (shape.Messages * RecordBytes) };
                detectors.Observe(new Event(1, DateTimeOffset.UnixEpoch, reading.Observation.MonotonicNs, default,
                    measured with { Protocol = "tls", Out = Hide(measured.Out), Back = Hide(measured.Back) }),
                    findings);
            }
        }

        Assert.Equal(found, findings.Any(each => each is { Rule: "mining-shape", Severity: Severity.Medium }));
        Assert.DoesNotContain(findings, each => each.Severity >= Severity.High);
    }
}
