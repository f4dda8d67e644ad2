using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Alibaba Cloud Firewall's traffic log as Log Service exports it, JSON (a line each, or one array) or CSV. Source:
/// alibabacloud.com, "Cloud Firewall: fields of log entries". Numbers may be texts; stamps are whole seconds.
/// </summary>
internal sealed class CloudFirewallRecord
{
    internal static readonly string[] Names =
    [
        "src_ip", "src_port", "dst_ip", "dst_port", "ip_protocol", "domain", "app_name", "start_time", "end_time",
        "in_packet_bytes", "out_packet_bytes", "rule_result", "ips_rule_name_en", "attack_type_name_en",
        "ips_rule_name", "attack_type_name", "vul_level", "direction",
    ];

    private const int SourceIp = 0, SourcePort = 1, DestinationIp = 2, DestinationPort = 3, Protocol = 4, Domain = 5,
        AppName = 6, StartTime = 7, EndTime = 8, BytesIn = 9, BytesOut = 10, RuleResult = 11, RuleName = 12,
        AttackType = 13, RuleNameLocal = 14, AttackTypeLocal = 15, Level = 16, Direction = 17;

    internal const string Tool = "alibaba-cloud-firewall";

    private readonly RecordRow _row = new(Names.Length);

    internal RecordRow Row => _row;

    internal string? Tell(long number, ReadReport report, List<Reading> readings)
    {
        if (!_row.Recent.TryAddress(_row.Raw(SourceIp), out IPAddress source)
            || !_row.Recent.TryAddress(_row.Raw(DestinationIp), out IPAddress destination))
        {
            return "without src_ip or dst_ip";
        }

        if (!Stamps.TryRead(_row.Raw(StartTime), report, out long startNs))
        {
            return "start_time is absent";
        }

        bool inbound = _row.Raw(Direction).SequenceEqual("in"u8);
        string? result = _row.Text(RuleResult, 32);
        LoggedFlow flow = new(
            new FlowId($"{report.Source}.acf{number}"),
            LoggedFlow.At(source, Fields.Port(_row.Raw(SourcePort))),
            LoggedFlow.At(destination, Fields.Port(_row.Raw(DestinationPort))),
            LoggedFlow.TransportOf(_row.Raw(Protocol)), startNs,
            Stamps.TryRead(_row.Raw(EndTime), report, out long end) ? end : startNs)
        {
            Name = _row.Text(Domain, 256),
            Protocol = _row.Text(AppName, 64) is { } app && app != "Unknown" ? app.ToLowerInvariant() : null,
            // In and out as seen from the protected side, whoever called.
            BytesOut = _row.Long(inbound ? BytesIn : BytesOut),
            BytesBack = _row.Long(inbound ? BytesOut : BytesIn),
            Allowed = result is not ("drop" or "deny" or "discard"),
            Reason = $"rule result: {result ?? "none"}",
        };
        readings.Add(flow.Opened(number));
        string? attack = _row.Text(AttackType, 128) ?? _row.Text(AttackTypeLocal, 128);
        string? rule = _row.Text(RuleName, 256) ?? _row.Text(RuleNameLocal, 256);
        if (attack is not null || rule is not null)
        {
            readings.Add(new Reading(number, new Observation(startNs, default, new Fact.AlertSeen(
                Tool, rule ?? attack!, attack, _row.Text(Level, 16), flow.Source, flow.Destination))));
        }

        readings.Add(flow.Closed(number));
        return null;
    }
}

internal sealed class CloudFirewallJson(bool inArray) : JsonRecords(inArray, CloudFirewallRecord.Names)
{
    private readonly CloudFirewallRecord _record = new();

    public override string Kind => CloudFirewallRecord.Tool;

    /// <summary>Exports come in the order of writing, under the time of a flow's beginning.</summary>
    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    protected override string? Read(in JsonRow row, long number, ReadReport report, List<Reading> readings)
    {
        _record.Row.Clear();
        for (int slot = 0; slot < CloudFirewallRecord.Names.Length; slot++)
        {
            if (row.Has(slot))
            {
                _record.Row.Set(slot, row.Unescaped(slot));
            }
        }

        return _record.Tell(number, report, readings);
    }
}

internal sealed class CloudFirewallCsv : LineFormat
{
    private readonly CloudFirewallRecord _record = new();
    private readonly ColumnRow _columns = new(',');

    public override string Kind => CloudFirewallRecord.Tool;

    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    internal static bool Looks(ReadOnlySpan<byte> line) =>
        line.IndexOf("src_ip"u8) >= 0 && line.IndexOf("dst_ip"u8) >= 0 && line.IndexOf("start_time"u8) >= 0
        && line.Count((byte)',') >= 4;

    protected override string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings)
    {
        line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        if (!_columns.HasHeader)
        {
            _columns.SetHeader(line);
            return null;
        }

        if (!_columns.TrySet(line))
        {
            return "too few columns";
        }

        _record.Row.Clear();
        for (int slot = 0; slot < CloudFirewallRecord.Names.Length; slot++)
        {
            ReadOnlySpan<byte> value = _columns[_columns.Column(CloudFirewallRecord.Names[slot])];
            if (!value.IsEmpty && !value.SequenceEqual("-"u8))
            {
                _record.Row.Set(slot, value);
            }
        }

        return _record.Tell(number, report, readings);
    }
}
