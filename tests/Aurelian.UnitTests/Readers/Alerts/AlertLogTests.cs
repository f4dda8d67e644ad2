using System.Globalization;
using Aurelian.Events;
using Aurelian.Readers;

namespace Aurelian.UnitTests.Readers.Alerts;

public sealed class AlertLogTests
{
    [Theory]
    [InlineData("cloud-firewall.jsonl", "alibaba-cloud-firewall")]
    [InlineData("cloud-firewall.json", "alibaba-cloud-firewall")]
    [InlineData("cloud-firewall.csv", "alibaba-cloud-firewall")]
    [InlineData("vpc.log", "aws-vpc-flow")]
    [InlineData("network-firewall.jsonl", "aws-network-firewall")]
    [InlineData("eve.jsonl", "suricata-eve")]
    [InlineData("zeek-conn.log", "zeek-conn")]
    [InlineData("alerts.csv", "csv")]
    public void Every_firewall_s_log_is_records_with_a_line_and_a_stamp(string sample, string kind)
    {
        (string read, IReadOnlyList<AlertRecord> records, _) = Read(sample);

        Assert.Equal(kind, read);
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.True(record is { Line: > 0, Ns: > 1_600_000_000_000_000_000 }));
        Assert.Equal(records.OrderBy(record => record.Line), records);
    }

    [Fact]
    public void Network_firewall_wraps_suricata_s_record()
    {
        (_, IReadOnlyList<AlertRecord> records, ReadReport report) = Read("network-firewall.jsonl");

        Assert.Equal(
            new AlertRecord(1, 1_768_471_201_123_456_000, true, "Mining pool login", End("10.0.0.5", 40001),
                End("203.0.113.7", 3333), Transport.Tcp),
            records[0]);
        Assert.False(records[1].IsAlert);
        Assert.Equal([new SkippedRecord(3, "without timestamp or event_type")], report.Skipped);
    }

    [Fact]
    public void Columns_of_a_plain_table_are_known_by_their_usual_names()
    {
        (_, IReadOnlyList<AlertRecord> records, ReadReport report) = Read("alerts.csv");

        Assert.Equal(["Mining, generic", "Mining, generic", "Tunnel"], records.Select(record => record.Type));
        Assert.Equal((2, End("10.0.0.5", 40001), End("203.0.113.7", 3333)),
            (records[0].Line, records[0].Source, records[0].Destination));
        Assert.True(report.NaiveTimes);
        Assert.Equal([new SkippedRecord(4, "the time is absent")], report.Skipped);
    }

    [Fact]
    public void Columns_of_a_plain_table_may_be_named()
    {
        using TemporaryFile file = new("when|what", "x", "a;b;c", "1768471201;scan;10.0.0.1");
        using TemporaryFile table = new("when;what;who", "1768471201;scan;10.0.0.1:99");
        ColumnMap map = ColumnMap.Parse("time=When, type=what,source=WHO", AlertLog.CsvFields, out string? mistake);

        AlertRecord record = Assert.Single(Read(table.Path, map).Records);

        Assert.Null(mistake);
        Assert.Equal(("scan", End("10.0.0.1", 99)), (record.Type, record.Source));
        Assert.StartsWith("no column for time, type, source; the header has: when|what",
            Read(file.Path, map).Report.Skipped[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("time")]
    [InlineData("time=")]
    [InlineData("moment=x")]
    public void A_column_map_that_names_no_field_is_refused(string text)
    {
        ColumnMap.Parse(text, AlertLog.CsvFields, out string? mistake);

        Assert.Contains("fields are time", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_that_was_said_is_taken_off_naive_times_alone()
    {
        using TemporaryFile file = new(
            "time,type", "2026-01-15 18:00:01,a", "2026-01-15T18:00:01+01:00,b", "1768471201,c", "2026-01-15 18:00,d");

        IReadOnlyList<AlertRecord> records = Read(file.Path, ColumnMap.Usual, TimeSpan.FromHours(8)).Records;

        Assert.Equal(["10:00:01", "17:00:01", "10:00:01", "10:00:00"], records.Select(record => DateTimeOffset
            .FromUnixTimeMilliseconds(record.Ns / 1_000_000).ToString("HH:mm:ss", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Records_of_an_array_are_told_with_the_line_that_they_begin_on()
    {
        using TemporaryFile file = new(
            "[", "  {", "    \"src_ip\": \"10.0.0.5\", \"dst_ip\": \"203.0.113.7\",", "    \"start_time\": 1768471201,",
            "    \"attack_type_name_en\": \"Scan\"", "  },", "",
            "  {\"src_ip\": \"10.0.0.5\", \"dst_ip\": \"203.0.113.7\"},",
            "  {\"src_ip\": \"10.0.0.5\", \"dst_ip\": \"203.0.113.8\", \"start_time\": \"1768471209\"}", "]");

        (_, IReadOnlyList<AlertRecord> records, ReadReport report) = Read(file.Path, ColumnMap.Usual);

        Assert.Equal([2L, 9L], records.Select(record => record.Line));
        Assert.Equal([new SkippedRecord(8, "start_time is absent")], report.Skipped);
    }

    [Fact]
    public void A_line_of_another_format_says_which()
    {
        string alert = "{\"src_ip\":\"10.0.0.5\",\"dst_ip\":\"203.0.113.7\",\"start_time\":1768471201}";
        using TemporaryFile file = new(
            alert, "{\"timestamp\":\"2026-01-15T10:00:00Z\",\"event_type\":\"alert\"}", "half a li", alert);

        ReadReport report = Read(file.Path, ColumnMap.Usual).Report;

        Assert.Equal(["without src_ip or dst_ip; it looks like suricata-eve: give each format as a file of its own",
            "no whole JSON object"], report.Skipped.Select(each => each.Reason));
        Assert.True(report.Partial);
    }

    private static (string Kind, IReadOnlyList<AlertRecord> Records, ReadReport Report) Read(string sample)
    {
        using TemporaryFile file = TemporaryFile.OfSample(sample);
        return Read(file.Path, ColumnMap.Usual);
    }

    private static (string Kind, IReadOnlyList<AlertRecord> Records, ReadReport Report) Read(
        string path, ColumnMap map, TimeSpan zone = default)
    {
        using SourceFile source = AlertLog.Open(path, 1, zone, map);
        AlertRecord[] records = [.. AlertLog.Read(source, CancellationToken.None)];
        return (source.Reader.Kind, records, source.Report);
    }

    private static Endpoint End(string address, int port) => new(System.Net.IPAddress.Parse(address), port);
}
