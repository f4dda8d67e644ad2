using System.Globalization;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Loading;
using Aurelian.Readers;
using Aurelian.UnitTests.Readers;

namespace Aurelian.UnitTests.Investigation.Loading;

public sealed class CaseLoaderTests : IDisposable
{
    private const long Start = 1_768_471_200;

    private readonly List<TemporaryFile> _files = [];

    [Fact]
    public void A_case_keeps_lines_repeats_and_what_was_skipped()
    {
        InvestigationCase loaded = Load(
            [Alert(Start + 10, 1), Alert(Start + 12, 1), "{\"src_ip\":\"10.0.0.5\",\"dst_ip\":\"203.0.113.7\"}",
                Alert(Start + 50, 2)],
            Calls());

        Assert.Equal([1, 2, 4], loaded.Alerts.Select(alert => alert.Line));
        Assert.Equal([null, 0, null], loaded.Alerts.Select(alert => alert.DuplicateOf));
        CaseSource source = loaded.Sources[0];
        Assert.Equal((4, 3, 1, 1), (source.Records, source.Usable, source.Duplicates, source.SkippedTotal));
        Assert.Equal(new SkippedLine(3, "start_time is absent"), Assert.Single(source.Skipped));
        Assert.True(loaded.Partial);
        Assert.Equal((1, 0), (loaded.GrainSeconds, loaded.ZoneShiftSeconds));
        Assert.Equal(["csv", "alibaba-cloud-firewall"], loaded.Sources.Select(each => each.Kind).Reverse());
    }

    [Fact]
    public void Flows_that_no_alert_was_raised_for_are_left_out_and_said()
    {
        InvestigationCase loaded = Load(
            [Alert(Start + 10, 1), Alert(Start + 20, 2).Replace("Mining Behavior", "", StringComparison.Ordinal)],
            Calls());

        Assert.Equal(10 + Start, Assert.Single(loaded.Alerts).Time);
        Assert.Contains("1 records are flows", Assert.Single(loaded.Sources[0].Notes), StringComparison.Ordinal);
        Assert.False(loaded.Partial);
    }

    [Fact]
    public void A_log_without_alerts_is_asked_about_whole()
    {
        InvestigationCase loaded = Load(
            [$"2 1 eni-1 10.0.0.5 203.0.113.7 40001 3333 6 5 300 {Start + 5} {Start + 9} ACCEPT OK",
                $"2 1 eni-1 10.0.0.5 203.0.113.7 40002 22 6 5 300 {Start + 7} {Start + 9} REJECT OK"],
            Calls());

        Assert.Equal(["flow tcp/3333", "denied tcp/22"], loaded.Alerts.Select(alert => alert.Type));
    }

    [Theory]
    [InlineData(8 * 3600)]
    [InlineData(-5 * 3600)]
    [InlineData(20_700)]
    public void Epoch_stamps_that_miss_the_traces_by_quarter_hours_are_corrected_and_shown(int shift)
    {
        InvestigationCase loaded = Load([.. Spread(shift + 130)], Calls());

        Assert.Equal(shift, loaded.ZoneShiftSeconds);
        Assert.Equal(Start + shift + 130, loaded.Alerts[0].Time);
        Assert.Contains(ZoneShift.Name(shift), loaded.Sources[0].Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Stamps_that_meet_the_traces_are_left_as_they_are() =>
        Assert.Equal(0, Load([.. Spread(-400)], Calls()).ZoneShiftSeconds);

    [Fact]
    public void Traces_far_longer_than_the_alerts_suggest_no_zone() => Assert.Equal(
        0, Load([.. Spread(0)], ["start,end,episode", .. Enumerable.Range(0, 300).Select(hour =>
            $"{Start + (hour * 3600)},{Start + (hour * 3600) + 3000},e{hour}")]).ZoneShiftSeconds);

    [Fact]
    public void Naive_times_are_refused_and_the_likely_zone_is_suggested()
    {
        string[] alerts = ["time,type", .. Enumerable.Range(0, 20).Select(index => DateTimeOffset
            .FromUnixTimeSeconds(Start + (8 * 3600) + (index * 180)).ToString("yyyy-MM-dd HH:mm:ss,'scan'",
                CultureInfo.InvariantCulture))];

        CaseLoad.Refused refused = Refuse(alerts, Calls());

        Assert.Equal(("zone-missing", "+08:00", 2L), (refused.Code, refused.SuggestedZone, refused.Line));
        Assert.Contains("--firewall-zone +08:00", refused.Remedy, StringComparison.Ordinal);
        InvestigationCase loaded = Load(alerts, Calls(), files => files with { FirewallZone = TimeSpan.FromHours(8) });
        Assert.Equal((0, Start), (loaded.ZoneShiftSeconds, (long)loaded.Alerts[0].Time));
    }

    [Fact]
    public void Naive_traces_are_refused_with_their_zone()
    {
        string[] calls = ["start,end,episode", .. Enumerable.Range(0, 40).Select(index =>
        {
            DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds(Start + 19_800 + (index * 100));
            return string.Create(CultureInfo.InvariantCulture, $"{start:yyyy-MM-dd HH:mm:ss},,e1");
        })];

        CaseLoad.Refused refused = Refuse([.. Spread(0)], calls);

        Assert.Equal(("zone-missing", "+05:30"), (refused.Code, refused.SuggestedZone));
        Assert.Contains("--traces-zone", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_of_another_day_are_refused_with_both_times()
    {
        CaseLoad.Refused refused = Refuse([.. Spread(40 * 86_400)], Calls());

        Assert.Equal("no-overlap", refused.Code);
        Assert.Contains("2026-01-15 10:", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2026-02-24 10:", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("swe-agent.traj", "times-missing", "swe-agent has no wall-clock times")]
    [InlineData("audit.log", "no-calls", "auditd without a single tool call")]
    [InlineData("cpu.csv", "format-unknown", "of no trace that is known here")]
    public void Traces_that_cannot_be_used_are_refused_by_name(string sample, string code, string message)
    {
        string path = Path(Reads.SampleBytes(sample));

        CaseLoad.Refused refused = Assert.IsType<CaseLoad.Refused>(CaseLoader.Load(
            new CaseFiles { Firewall = [Path([Alert(Start, 1)])], Traces = [path] }, null, CancellationToken.None));

        Assert.Equal(code, refused.Code);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remedy);
    }

    [Fact]
    public void A_column_that_is_not_there_is_refused_with_the_header()
    {
        CaseLoad.Refused refused = Refuse(
            ["when;what", "1768471201;scan"], Calls(), files => files with
            {
                FirewallColumns = ColumnMap.Parse("time=moment", AlertLog.CsvFields, out _),
            });

        Assert.Equal(("column-missing", 1L), (refused.Code, refused.Line));
        Assert.Contains("the header has: when, what", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_refused_by_its_name() => Assert.Equal(("file-missing", "nowhere.json"),
        Assert.IsType<CaseLoad.Refused>(CaseLoader.Load(new CaseFiles
        {
            Firewall = ["nowhere.json"], Traces = ["nowhere.jsonl"],
        }, null, CancellationToken.None)) is var refused ? (refused.Code, refused.File) : default);

    [Fact]
    public void Conntrack_loads_and_containers_become_flows_and_samples()
    {
        string conntrack = $"[{Start + 3}.5]    [NEW] tcp      6 120 SYN_SENT src=10.88.0.4 dst=203.0.113.7 sport=5 "
            + "dport=443 [UNREPLIED] src=203.0.113.7 dst=198.51.100.20 sport=443 dport=4158";
        string falco = "{\"time\":\"2026-01-15T10:00:04Z\",\"rule\":\"Outbound\",\"priority\":\"Notice\","
            + "\"output_fields\":{\"evt.type\":\"connect\",\"container.id\":\"0123456789ab\","
            + "\"fd.sip\":\"203.0.113.8\",\"fd.sport\":22,\"proc.pid\":7}}";
        string[] calls = ["start,end,episode,host", $"{Start},{Start + 9},e1,0123456789abcdef"];

        InvestigationCase loaded = Load([.. Spread(0)], calls, files => files with
        {
            Flows = [Path([conntrack])], Telemetry = [Path([falco]), Path(["time,container,cpu",
                $"{Start},0123456789abcdef,1.5"])],
        });

        Assert.Equal(new CaseFlow
        {
            Time = Start + 3.5, SourceAddress = "10.88.0.4", SourcePort = 5, DestinationAddress = "203.0.113.7",
            DestinationPort = 443, TranslatedAddress = "198.51.100.20", TranslatedPort = 4158,
        }, loaded.Flows[0]);
        Assert.Equal(("203.0.113.8", 22, "e1"),
            (loaded.Flows[1].DestinationAddress, loaded.Flows[1].DestinationPort, loaded.Flows[1].Episode));
        Assert.Equal(("e1", 1.5), (loaded.Samples[0].Subject, loaded.Samples[0].Cores));
        Assert.Equal(["conntrack", "falco", "load-samples"], loaded.Sources.Skip(2).Select(source => source.Kind));
    }

    [Fact]
    public void Samples_that_name_no_sandbox_are_told()
    {
        string[] calls = ["start,end,episode,host", $"{Start},{Start + 9},e1,0123456789abcdef"];

        InvestigationCase loaded = Load([.. Spread(0)], calls, files => files with
        {
            Telemetry =
            [
                Path(["time,container,cpu", $"{Start},0123456789abcdef,1.5"]),
                Path(["time,host,cpu", $"{Start},server-7,60"]),
            ],
        });

        Assert.Empty(loaded.Sources[2].Notes);
        Assert.Contains("server-7", Assert.Single(loaded.Sources[3].Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Conntrack_without_times_is_refused_with_the_option_that_adds_them()
    {
        CaseLoad.Refused refused = Refuse([.. Spread(0)], Calls(), files => files with
        {
            Flows = [Path(["    [NEW] tcp      6 120 SYN_SENT src=10.88.0.4 dst=203.0.113.7 sport=5 dport=443 "
                + "[UNREPLIED] src=203.0.113.7 dst=198.51.100.20 sport=443 dport=4158"])],
        });

        Assert.Equal("times-missing", refused.Code);
        Assert.Contains("-o timestamp", refused.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 1)]
    [InlineData(0.001, 0.001)]
    public void The_grain_is_what_all_stamps_are_multiples_of(double step, double grain) => Assert.Equal(
        grain, Grain.Of(Enumerable.Range(1, 9).Select(index =>
            (1_768_471_200L * 1_000_000_000) + (long)(index * index * step * 1e9))));

    [Fact]
    public void A_clock_that_jumps_back_is_said_with_its_line()
    {
        InvestigationCase loaded = Load([Alert(Start + 60, 1), Alert(Start + 2400, 2), Alert(Start + 120, 3)], Calls());

        Assert.Contains(loaded.Sources[0].Notes, note =>
            note.StartsWith("line 3: stamps step back by 2280 s", StringComparison.Ordinal));
        Assert.Equal(3, loaded.Alerts.Count);
    }

    [Fact]
    public void A_line_of_another_format_and_a_cut_off_end_cost_only_themselves()
    {
        InvestigationCase loaded = Load(
            [Alert(Start + 10, 1), "Jan 15 10:00:00 host kernel: DROP SRC=10.0.0.5", Alert(Start + 50, 2),
                Alert(Start + 70, 3)[..40]],
            Calls());

        Assert.Equal([1, 3], loaded.Alerts.Select(alert => alert.Line));
        Assert.Equal([2, 4], loaded.Sources[0].Skipped.Select(skipped => skipped.Line));
        Assert.True(loaded.Partial);
    }

    [Fact]
    public void A_stamp_keeps_its_microseconds()
    {
        Assert.Equal(1_768_471_201.123456, Grain.Floor(1_768_471_201_123_456_789, 1e-6));
        Assert.Equal(1_768_471_201, Grain.Floor(1_768_471_201_999_999_999, 1));
        Assert.Equal(1_768_471_200, Grain.Floor(1_768_471_201_999_999_999, 60));
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static string Alert(long time, int port) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"src_ip\":\"10.0.0.5\",\"src_port\":\"{port}\",\"dst_ip\":\"203.0.113.7\",\"dst_port\":\"3333\",")
        + $"\"start_time\":{time},\"attack_type_name_en\":\"Mining Behavior\"}}";

    /// <summary>One call a minute over 66 minutes.</summary>
    private static string[] Calls() => ["start,end,episode,task", .. Enumerable.Range(0, 67).Select(minute =>
        $"{Start + (minute * 60)},{Start + (minute * 60) + 30},e{minute % 4},t{minute % 2}")];

    /// <summary>Alerts over the time of <see cref="Calls"/>, moved by a number of seconds.</summary>
    private static IEnumerable<string> Spread(long moved) =>
        Enumerable.Range(0, 21).Select(index => Alert(Start + moved + (index * 200), index + 1));

    private InvestigationCase Load(string[] alerts, string[] calls, Func<CaseFiles, CaseFiles>? change = null) =>
        Assert.IsType<CaseLoad.Loaded>(Try(alerts, calls, change)).Case;

    private CaseLoad.Refused Refuse(string[] alerts, string[] calls, Func<CaseFiles, CaseFiles>? change = null) =>
        Assert.IsType<CaseLoad.Refused>(Try(alerts, calls, change));

    private CaseLoad Try(string[] alerts, string[] calls, Func<CaseFiles, CaseFiles>? change)
    {
        CaseFiles files = new() { Firewall = [Path(alerts)], Traces = [Path(calls)] };
        return CaseLoader.Load(change is null ? files : change(files), null, CancellationToken.None);
    }

    private string Path(string[] lines) => Keep(new TemporaryFile(lines));

    private string Path(byte[] bytes) => Keep(new TemporaryFile(bytes));

    private string Keep(TemporaryFile file)
    {
        _files.Add(file);
        return file.Path;
    }
}
