using System.Net;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// A gateway's or translator's connections as a plain table: time, source, translated source and destination, each
/// address with its port; the episode and the call where the gateway knew them.
/// </summary>
internal sealed class FlowCsv : EventReader
{
    private static readonly string[] Names =
    [
        "time", "end", "source", "sport", "translated", "tport", "destination", "dport", "protocol", "episode", "call",
    ];

    private const int Time = 0, End = 1, Source = 2, SourcePort = 3, Translated = 4, TranslatedPort = 5,
        Destination = 6, DestinationPort = 7, Protocol = 8, Episode = 9, Call = 10;

    private static readonly string[][] Usual =
    [
        ["timestamp", "start_time", "ts", "start", "opened"], ["end_time", "closed", "stop"],
        ["src", "src_ip", "source_ip", "orig_src", "srcaddr", "inside", "local_ip"],
        ["src_port", "source_port", "orig_sport", "srcport", "inside_port"],
        ["translated_ip", "nat_ip", "snat", "xlate_src", "nat_src", "translated_source", "post_nat_src_ip", "outside"],
        ["translated_port", "nat_port", "xlate_sport", "nat_sport", "post_nat_src_port", "outside_port"],
        ["dst", "dst_ip", "dest_ip", "destination_ip", "dstaddr", "remote_ip"],
        ["dst_port", "dest_port", "destination_port", "dstport", "remote_port"],
        ["proto", "ip_protocol"], ["episode_id", "sandbox", "container"], ["tool_call", "call_id", "tool_call_id"],
    ];

    public override string Kind => "flow-csv";

    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    internal static bool Looks(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty || head.Contains((byte)0) || head[0] is (byte)'{' or (byte)'[')
        {
            return false;
        }

        CsvTable table = new(new MemoryStream(head.ToArray()));
        return table.TryReadHeader() && Columns(table) is var columns && columns[Time] >= 0
            && columns[Destination] >= 0;
    }

    public override IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        CsvTable table = new(input);
        if (!table.TryReadHeader())
        {
            yield break;
        }

        int[] columns = Columns(table);
        List<Reading> readings = [];
        while (!report.IsHopeless && table.TryRead())
        {
            cancellationToken.ThrowIfCancellationRequested();
            readings.Clear();
            if (Tell(table, columns, report, readings) is { } reason)
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

    private static string? Tell(CsvTable table, int[] columns, ReadReport report, List<Reading> readings)
    {
        string Text(int field) => table[columns[field]];
        if (!Stamps.TryRead(Encoding.UTF8.GetBytes(Text(Time)), report, out long ns))
        {
            return "without a time";
        }

        if (At(Text(Destination), Text(DestinationPort)) is not { } destination)
        {
            return "without a destination";
        }

        Endpoint source = At(Text(Source), Text(SourcePort)) ?? new Endpoint(IPAddress.Any, 0);
        FlowId id = new($"{report.Source}.nat{table.Line}");
        Subject subject = new(
            Episode: Text(Episode) is { Length: > 0 } episode ? new EpisodeId(episode) : null,
            Call: Text(Call) is { Length: > 0 } call ? new ToolCallId(call) : null);
        Transport transport = LoggedFlow.TransportOf(Encoding.UTF8.GetBytes(Text(Protocol)));
        readings.Add(new Reading(table.Line, new Observation(
            ns, subject, new Fact.FlowOpened(id, source, destination, transport, null))));
        if (At(Text(Translated), Text(TranslatedPort)) is { } translated)
        {
            readings.Add(new Reading(table.Line, new Observation(
                ns, subject, new Fact.FlowTranslated(id, translated, destination))));
        }

        if (Stamps.TryRead(Encoding.UTF8.GetBytes(Text(End)), report, out long end))
        {
            readings.Add(new LoggedFlow(id, source, destination, transport, ns, end).Closed(table.Line));
        }

        return null;
    }

    private static Endpoint? At(string address, string port) => IPAddress.TryParse(address, out IPAddress? parsed)
        ? LoggedFlow.At(parsed, Fields.Port(Encoding.UTF8.GetBytes(port))) : null;

    private static int[] Columns(CsvTable table) => [.. Enumerable.Range(0, Names.Length).Select(
        field => ColumnMap.Usual.Find(table.Header, Names[field], Usual[field]))];
}
