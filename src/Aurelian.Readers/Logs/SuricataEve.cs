using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Suricata's EVE JSON. Source: docs.suricata.io, "EVE JSON Format" (8.0): one object a line; flow, dns, http, tls, ssh
/// and alert records carry the same flow_id. Records of other types are counted and tell only that their flow is there.
/// AWS Network Firewall wraps the same records: docs.aws.amazon.com, "Contents of a Network Firewall log".
/// </summary>
/// <param name="network">The record stands in the member <c>event</c> of AWS Network Firewall's.</param>
internal sealed class SuricataEve(bool network = false) : LineFormat
{
    private const int Time = 0, Type = 1, FlowNumber = 2, SourceIp = 3, SourcePort = 4, DestinationIp = 5,
        DestinationPort = 6, Proto = 7, AppProto = 8, Start = 9, End = 10, BytesOut = 11, BytesBack = 12,
        PacketsBack = 13, State = 14, FlagsOut = 15, FlagsBack = 16, DnsKind = 17, DnsName = 18, DnsType = 19,
        DnsNames = 20, DnsTypes = 21, Sni = 22, SshClient = 23, SshServer = 24, HttpHost = 25, HttpMethod = 26,
        Signature = 27, AlertCategory = 28, AlertSeverity = 29;

    private static readonly string[] Paths =
    [
        "timestamp", "event_type", "flow_id", "src_ip", "src_port", "dest_ip", "dest_port", "proto", "app_proto",
        "flow/start", "flow/end", "flow/bytes_toserver", "flow/bytes_toclient", "flow/pkts_toclient", "flow/state",
        "tcp/tcp_flags_ts", "tcp/tcp_flags_tc", "dns/type", "dns/rrname", "dns/rrtype", "dns/queries/rrname",
        "dns/queries/rrtype", "tls/sni", "ssh/client/software_version", "ssh/server/software_version",
        "http/hostname", "http/http_method", "alert/signature", "alert/category", "alert/severity",
    ];

    private readonly JsonFields _fields = new(network ? [.. Paths.Select(path => $"event/{path}")] : Paths);

    private FlowBook? _flows;

    public override string Kind => network ? "aws-network-firewall" : "suricata-eve";

    /// <summary>A flow is written when it ends or times out; offline runs write in the order of their
    /// threads.</summary>
    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    protected override string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings)
    {
        if (!_fields.TryRead(line))
        {
            return "no JSON object";
        }

        JsonRow row = new(_fields, line);
        if (!row.TryStamp(Time, report, out long ns) || !row.Has(Type))
        {
            return "without timestamp or event_type";
        }

        if (!row.TryAddress(SourceIp, out IPAddress source)
            || !row.TryAddress(DestinationIp, out IPAddress destination))
        {
            return null; // statistics and the like
        }

        bool flowRecord = row.Is(Type, "flow"u8);
        row.TryLong(FlowNumber, out long flowNumber);
        row.TryLong(BytesOut, out long bytesOut);
        row.TryLong(BytesBack, out long bytesBack);
        long startNs = row.TryStamp(Start, report, out long start) ? Math.Min(start, ns) : ns;
        _flows ??= new FlowBook(report);
        Span<char> id = stackalloc char[64]; // two numbers
        report.Source.TryFormat(id, out int dot);
        ".eve".CopyTo(id[dot..]);
        flowNumber.TryFormat(id[(dot + 4)..], out int digits);
        LoggedFlow flow = new(
            _flows.IdOf(id[..(dot + 4 + digits)]),
            LoggedFlow.At(source, row.Int(SourcePort)), LoggedFlow.At(destination, row.Int(DestinationPort)),
            LoggedFlow.TransportOf(row.Has(Proto) ? row.Raw(Proto) : default), startNs,
            flowRecord && row.TryStamp(End, report, out long end) ? end : ns)
        {
            Protocol = row.Text(AppProto, 32) is { } app && app != "failed" ? app : null,
            BytesOut = bytesOut, BytesBack = bytesBack,
        };
        if (flowRecord && flow.Transport == Transport.Tcp && IsProbe(row, out string flags))
        {
            readings.Add(flow.Probed(number, flags));
            return null;
        }

        if (_flows.TryAdd(flow.Id))
        {
            readings.Add(flow.Opened(number));
        }

        if (flowRecord)
        {
            readings.Add(flow.Closed(number));
            _flows.Remove(flow.Id);
        }

        if (Say(row, flow) is { } fact)
        {
            readings.Add(new Reading(number, new Observation(ns, default, fact)));
        }

        return null;
    }

    /// <summary>Nobody answered, or only with a reset.</summary>
    private static bool IsProbe(in JsonRow row, out string flags)
    {
        flags = "";
        bool silent = row.TryLong(PacketsBack, out long back) && back == 0;
        int sent = Hex(row, FlagsOut), got = Hex(row, FlagsBack);
        bool refused = got >= 0 && (got & 0x04) != 0 && (got & 0x02) == 0;
        // FIN, NULL and XMAS never carry ACK; a SYN alone was not answered.
        if (sent < 0 || (sent & 0x10) != 0 || !(silent || refused))
        {
            return false;
        }

        flags = new TcpSegment(0, sent & 0x3F, default).Letters;
        return true;
    }

    private static int Hex(in JsonRow row, int slot) => row.Has(slot)
        && System.Buffers.Text.Utf8Parser.TryParse(row.Raw(slot), out int flags, out _, 'x') ? flags : -1;

    private static Fact? Say(in JsonRow row, in LoggedFlow flow)
    {
        ImmutableArray<string> none = [];
        if (row.Is(Type, "dns"u8))
        {
            // Version 2 has one name beside its type, version 3 a list of queries.
            string? name = row.Text(DnsName, 1024) ?? row.Text(DnsNames, 1024);
            bool asks = row.Is(DnsKind, "query"u8) || row.Is(DnsKind, "request"u8);
            return name is null || !asks ? null : new Fact.DnsAsked(
                name.ToLowerInvariant(), row.Text(DnsType, 16) ?? row.Text(DnsTypes, 16) ?? "A", "asked", null,
                Allowed: true, flow.Id);
        }

        if (row.Is(Type, "alert"u8))
        {
            return new Fact.AlertSeen(
                "suricata", row.Text(Signature, 256) ?? "alert", row.Text(AlertCategory, 128),
                row.Text(AlertSeverity, 16), flow.Source, flow.Destination);
        }

        return row.Is(Type, "tls"u8) ? new Fact.ProtocolSeen(
                flow.Id, ProtocolNames.Tls, FlowDirection.Client, "client-hello", row.Text(Sni, 256), none)
            : row.Is(Type, "ssh"u8) ? new Fact.ProtocolSeen(
                flow.Id, ProtocolNames.Ssh, FlowDirection.Client, "banner",
                row.Text(SshClient, 256) ?? row.Text(SshServer, 256), none)
            : row.Is(Type, "http"u8) ? new Fact.ProtocolSeen(
                flow.Id, ProtocolNames.Http, FlowDirection.Client, row.Text(HttpMethod, 32), row.Text(HttpHost, 256),
                none)
            : null;
    }
}
