using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Zeek's logs, tab-separated with their headers or JSON. Source: docs.zeek.org, "Zeek Log Formats and Inspection" and
/// the scripts' Info records: conn, dns, ssl, ssh, http, notice and weird say something here; of others only that they
/// were read. Logs of one run share their connections' uids.
/// </summary>
internal sealed class ZeekLog(string? path) : LineFormat
{
    /// <summary>What is asked of a record; the order is that of the slots.</summary>
    private static readonly string[] Names =
    [
        "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes",
        "resp_bytes", "conn_state", "query", "qtype_name", "rcode_name", "server_name", "client", "server", "method",
        "host", "note", "msg", "name", "_path", "history",
    ];

    private const int Ts = 0, Uid = 1, OrigH = 2, OrigP = 3, RespH = 4, RespP = 5, Proto = 6, Service = 7,
        Duration = 8, OrigBytes = 9, RespBytes = 10, ConnState = 11, Query = 12, QueryType = 13, ResultCode = 14,
        ServerName = 15, Client = 16, Server = 17, Method = 18, Host = 19, Note = 20, Message = 21, Name = 22,
        PathName = 23, History = 24;

    private const int ColumnsMax = 512;

    private static readonly FrozenDictionary<string, int> Slots =
        Names.Select((name, slot) => (name, slot)).ToFrozenDictionary(each => each.name, each => each.slot);

    private readonly JsonFields _fields = new(Names);
    private readonly RecordRow _row = new(Names.Length);
    private int[] _columns = [];
    private byte _separator = (byte)'\t';
    private string _path = path ?? "conn";
    private FlowBook? _flows;

    public override string Kind => $"zeek-{_path}";

    /// <summary>A connection is written when it ends, under the time of its beginning.</summary>
    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    protected override string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings)
    {
        if (line[0] == '#')
        {
            ReadHeader(line);
            return null;
        }

        if (line[0] == '{' ? !ReadJson(line) : !ReadColumns(line))
        {
            return line[0] == '{' ? "no JSON object" : _columns.Length == 0 ? "before any #fields" : "too few columns";
        }

        if (!Stamps.TryRead(_row.Raw(Ts), report, out long ns))
        {
            return "without a time";
        }

        Read(ns, number, report, readings);
        return null;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        if (line.StartsWith("#separator \\x"u8)
            && System.Buffers.Text.Utf8Parser.TryParse(line[13..], out byte separator, out _, 'x'))
        {
            _separator = separator;
        }
        else if (Fields.TryNext(ref rest, _separator, out ReadOnlySpan<byte> key) && key.SequenceEqual("#fields"u8))
        {
            List<int> columns = [];
            while (columns.Count < ColumnsMax && Fields.TryNext(ref rest, _separator, out ReadOnlySpan<byte> name))
            {
                columns.Add(Slots.GetValueOrDefault(Encoding.UTF8.GetString(name), -1));
            }

            _columns = [.. columns];
        }
        else if (key.SequenceEqual("#path"u8))
        {
            _path = Fields.Utf8(rest, 32);
        }
    }

    private bool ReadColumns(ReadOnlySpan<byte> line)
    {
        _row.Clear();
        ReadOnlySpan<byte> rest = line;
        int column = 0;
        for (; column < _columns.Length && Fields.TryNext(ref rest, _separator, out ReadOnlySpan<byte> value); column++)
        {
            // "-" is unset, "(empty)" is empty.
            if (_columns[column] >= 0 && !value.SequenceEqual("-"u8) && !value.SequenceEqual("(empty)"u8))
            {
                _row.Set(_columns[column], value);
            }
        }

        return column == _columns.Length && column > 0;
    }

    private bool ReadJson(ReadOnlySpan<byte> line)
    {
        _row.Clear();
        if (!_fields.TryRead(line))
        {
            return false;
        }

        JsonRow row = new(_fields, line);
        for (int slot = 0; slot < Names.Length; slot++)
        {
            if (row.Has(slot))
            {
                _row.Set(slot, row.Raw(slot));
            }
        }

        _path = _row.Text(PathName, 32) ?? _path;
        return true;
    }

    /// <summary>That of the records before, where the connection is known from them.</summary>
    private FlowId IdOf(long number, ReadReport report, FlowBook flows)
    {
        Span<char> name = stackalloc char[4 * 64];
        ReadOnlySpan<byte> uid = _row.Raw(Uid);
        return (uid.IsEmpty ? name.TryWrite($"zeek{report.Source}.{number}", out int written)
            : name.TryWrite($"zeek{_row.Text(Uid, 64)}", out written)) ? flows.IdOf(name[..written])
            : new FlowId($"zeek{report.Source}.{number}");
    }

    private void Read(long ns, long number, ReadReport report, List<Reading> readings)
    {
        if (!_row.Recent.TryAddress(_row.Raw(OrigH), out IPAddress source)
            || !_row.Recent.TryAddress(_row.Raw(RespH), out IPAddress destination))
        {
            source = destination = IPAddress.None;
        }

        bool located = source != IPAddress.None;
        bool conn = _row.Has(ConnState) || _path == "conn";
        double seconds = conn && double.TryParse(_row.Raw(Duration), NumberStyles.Float,
            CultureInfo.InvariantCulture, out double duration) && duration is >= 0 and < 1e8 ? duration : 0;
        _flows ??= new FlowBook(report);
        LoggedFlow flow = new(
            IdOf(number, report, _flows),
            LoggedFlow.At(source, Fields.Port(_row.Raw(OrigP))),
            LoggedFlow.At(destination, Fields.Port(_row.Raw(RespP))),
            LoggedFlow.TransportOf(_row.Raw(Proto)), ns, ns + (long)(seconds * 1e9))
        {
            Protocol = _row.Text(Service, 64), BytesOut = _row.Long(OrigBytes), BytesBack = _row.Long(RespBytes),
        };
        if (located && conn)
        {
            ReadConnection(flow, number, readings);
            return;
        }

        if (located && _row.Has(Uid) && _flows.TryAdd(flow.Id))
        {
            readings.Add(flow.Opened(number));
        }

        if (Say(flow, located) is { } fact)
        {
            readings.Add(new Reading(number, new Observation(ns, default, fact)));
        }
    }

    /// <summary>S0: no answer; REJ: refused; RSTOS0, SH: a SYN, then the asker itself gave up.</summary>
    private void ReadConnection(LoggedFlow flow, long number, List<Reading> readings)
    {
        ReadOnlySpan<byte> state = _row.Raw(ConnState);
        if (flow.Transport == Transport.Tcp && (state.SequenceEqual("S0"u8) || state.SequenceEqual("REJ"u8)
            || state.SequenceEqual("RSTOS0"u8) || state.SequenceEqual("SH"u8)))
        {
            readings.Add(flow.Probed(number, "S"));
            return;
        }

        // Of ICMP the ports are type and code.
        flow = flow.Transport != Transport.Icmp ? flow : flow with
        {
            Source = flow.Source with { Port = 0 }, Destination = flow.Destination with { Port = 0 },
        };
        readings.Add(flow.Opened(number));
        readings.Add(flow.Closed(number));
    }

    private Fact? Say(in LoggedFlow flow, bool located) => _path switch
    {
        "dns" => _row.Text(Query, 1024) is not { } query ? null : new Fact.DnsAsked(
            query.ToLowerInvariant(), _row.Text(QueryType, 16) ?? "A",
            _row.Text(ResultCode, 32)?.ToLowerInvariant() ?? "asked", null, Allowed: true, flow.Id),
        "ssl" => new Fact.ProtocolSeen(
            flow.Id, ProtocolNames.Tls, FlowDirection.Client, "client-hello", _row.Text(ServerName, 256), []),
        "ssh" => new Fact.ProtocolSeen(
            flow.Id, ProtocolNames.Ssh, FlowDirection.Client, "banner",
            _row.Text(Client, 256) ?? _row.Text(Server, 256), []),
        "http" => new Fact.ProtocolSeen(
            flow.Id, ProtocolNames.Http, FlowDirection.Client, _row.Text(Method, 32), _row.Text(Host, 256), []),
        "notice" or "weird" => new Fact.AlertSeen(
            "zeek", _row.Text(Note, 128) ?? _row.Text(Name, 128) ?? _path, _row.Text(Message, 256), null,
            located ? flow.Source : null, located ? flow.Destination : null),
        _ => null,
    };
}
