using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Hosts;

public sealed class HostTableTests
{
    [Fact]
    public void A_translator_s_table_is_flows_and_their_translations()
    {
        using TemporaryFile file = TemporaryFile.OfSample("nat.csv");
        using SourceFile source = HostLog.Open(file.Path, 1, TimeSpan.Zero);

        Fact[] facts = [.. source.Read(CancellationToken.None).Select(reading => reading.Observation.Fact)];

        Assert.Equal("flow-csv", source.Reader.Kind);
        Assert.Equal("10.88.0.4:40001", Assert.IsType<Fact.FlowOpened>(facts[0]).Source.ToString());
        Assert.Equal("198.51.100.20:31450", Assert.IsType<Fact.FlowTranslated>(facts[1]).Source.ToString());
        Assert.IsType<Fact.FlowClosed>(facts[2]);
        Assert.Equal([new SkippedRecord(3, "without a destination")], source.Report.Skipped);
    }

    [Fact]
    public void A_tuple_that_recurs_in_conntrack_is_a_flow_each_time()
    {
        string line = "    [NEW] tcp      6 120 SYN_SENT src=10.88.0.8 dst=192.0.2.70 sport=5 dport=443 [UNREPLIED] "
            + "src=192.0.2.70 dst=198.51.100.20 sport=443 dport=4158";

        Reads reads = Reads.Of($"[1778509366.321799]{line}", $"[1778509966.000001]{line}");

        Assert.Equal(2, reads.All<Fact.FlowOpened>().Count());
        Assert.Equal(2, reads.All<Fact.FlowTranslated>().Count());
    }

    [Fact]
    public void Samples_are_cores_of_a_subject_whatever_the_unit()
    {
        using TemporaryFile file = TemporaryFile.OfSample("cpu.csv");
        using TemporaryFile gpu = new("timestamp, index, utilization.gpu [%]", "2026/01/15 10:00:01.500, 0, 98 %");
        ReadReport report = new() { Zone = TimeSpan.FromHours(1) };

        Assert.Equal([("sb-1", 2.5), ("sb-1", 0.125)],
            LoadSamples.TryRead(file.Path, report)!.Select(each => (each.Subject, each.Cores!.Value)));
        LoadSample sample = Assert.Single(LoadSamples.TryRead(gpu.Path, report)!);
        Assert.Equal((1_768_467_601_500_000_000, 0.98), (sample.Ns, sample.Gpu));
        Assert.Equal([new SkippedRecord(3, "without a load")], report.Skipped);
        Assert.True(report.NaiveTimes);
    }
}
