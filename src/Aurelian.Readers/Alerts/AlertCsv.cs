using System.Net;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Alerts as a plain table: a header, then a row an alert. Only a time is needed; what stands in no column is unknown.
/// </summary>
internal sealed class AlertCsv(ColumnMap map) : EventReader
{
    internal static readonly string[] Names =
        ["time", "end", "type", "rule", "severity", "source", "sport", "destination", "dport", "protocol", "name"];

    private const int Time = 0, End = 1, Type = 2, Rule = 3, Severity = 4, Source = 5, SourcePort = 6, Destination = 7,
        DestinationPort = 8, Protocol = 9, Name = 10;

    /// <summary>What such columns are usually called.</summary>
    private static readonly string[][] Usual =
    [
        ["timestamp", "start_time", "date", "datetime", "event_time", "eventtime", "ts", "receive_time", "_time",
            "@timestamp", "generated_time", "time_generated", "start", "first_seen"],
        ["end_time", "last_seen"],
        ["attack_type", "attack_type_name_en", "category", "threat", "class", "alert", "signature", "event_type",
            "threat_name", "alert_type", "subtype", "attack"],
        ["rule_name", "signature_id", "sid", "rule_id", "policy", "policy_name"],
        ["level", "priority", "vul_level"],
        ["src", "src_ip", "source_ip", "srcip", "source_address", "srcaddr", "client_ip", "saddr", "id.orig_h"],
        ["src_port", "source_port", "srcport", "client_port", "spt", "id.orig_p"],
        ["dst", "dst_ip", "dest_ip", "destination_ip", "dstip", "destination_address", "dstaddr", "server_ip", "daddr",
            "dest", "id.resp_h"],
        ["dst_port", "dest_port", "destination_port", "dstport", "server_port", "dpt", "id.resp_p"],
        ["proto", "ip_protocol", "transport"],
        ["domain", "host", "hostname", "sni", "url"],
    ];

    public override string Kind => "csv";

    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    internal static bool Looks(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty || head.Contains((byte)0) || head[0] is (byte)'{' or (byte)'[')
        {
            return false;
        }

        CsvTable table = new(new MemoryStream(head.ToArray()));
        return table.TryReadHeader() && ColumnMap.Usual.Find(table.Header, Names[Time], Usual[Time]) >= 0;
    }

    public override IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        CsvTable table = new(input);
        if (!table.TryReadHeader())
        {
            report.Note("the beginning", "the file is empty");
            yield break;
        }

        int[] columns = [.. Enumerable.Range(0, Names.Length).Select(
            field => map.Find(table.Header, Names[field], Usual[field]))];
        if (Missing(table, columns) is { } missing)
        {
            report.Reject("line", table.Line, missing);
            yield break;
        }

        List<Reading> readings = [];
        while (!report.IsHopeless && table.TryRead())
        {
            cancellationToken.ThrowIfCancellationRequested();
            readings.Clear();
            if (table.WasCut)
            {
                report.Reject("line", table.Line, "the file ends inside quotes");
            }
            else if (Tell(table, columns, report, readings) is { } reason)
            {
                report.Reject("line", table.Line, reason);
            }
            else
            {
                report.Accept();
            }

            foreach (Reading reading in readings)
            {
                yield return reading;
            }
        }
    }

    /// <summary>What the header lacks and the columns it has; null when nothing does.</summary>
    private string? Missing(CsvTable table, int[] columns)
    {
        string[] missing = [.. Names.Where((name, field) => columns[field] < 0
            && (field == Time || map.Said(name) is not null))];
        return missing.Length == 0 ? null
            : $"no column for {string.Join(", ", missing)}; the header has: "
                + $"{Fields.Cut(string.Join(", ", table.Header), 400)}; name it with --columns {missing[0]}=COLUMN";
    }

    private static string? Tell(CsvTable table, int[] columns, ReadReport report, List<Reading> readings)
    {
        string Text(int field) => table[columns[field]] is "-" ? "" : table[columns[field]];
        if (Text(Time).Length == 0)
        {
            return table.Columns < table.Header.Count ? "too few columns" : "the time is absent";
        }

        if (!Stamps.TryRead(Encoding.UTF8.GetBytes(Text(Time)), report, out long ns))
        {
            return $"'{Fields.Cut(Text(Time), 40)}' is no time that is known here: RFC 3339, or seconds since 1970";
        }

        Endpoint? source = At(Text(Source), Text(SourcePort)), destination = At(Text(Destination),
            Text(DestinationPort));
        Transport transport = LoggedFlow.TransportOf(Encoding.UTF8.GetBytes(Text(Protocol)));
        long? end = Stamps.TryRead(Encoding.UTF8.GetBytes(Text(End)), report, out long endNs) ? endNs : null;
        string type = Text(Type), rule = Text(Rule);
        if (source is { } from && destination is { } to)
        {
            LoggedFlow flow = new(new FlowId($"{report.Source}.csv{table.Line}"), from, to, transport, ns, end ?? ns)
            {
                Name = Text(Name) is { Length: > 0 } name ? Fields.Cut(name, 256) : null,
            };
            readings.Add(flow.Opened(table.Line));
            if (end is not null)
            {
                readings.Add(flow.Closed(table.Line));
            }
        }

        readings.Add(new Reading(table.Line, new Observation(ns, default, new Fact.AlertSeen(
            "csv", rule.Length > 0 ? Fields.Cut(rule, 256) : Fields.Cut(type, 128),
            type.Length > 0 ? Fields.Cut(type, 128) : null, Text(Severity) is { Length: > 0 } level ? level : null,
            source, destination))));
        return null;
    }

    private static Endpoint? At(string address, string port)
    {
        // ADDRESS:PORT in one column, too.
        return IPAddress.TryParse(address, out IPAddress? parsed) && (address.Contains('.') || address.Contains(':'))
                ? LoggedFlow.At(parsed, Fields.Port(Encoding.UTF8.GetBytes(port)))
            : Endpoint.TryParse(address, out Endpoint both) && address.Contains('.') ? both
            : null;
    }
}
