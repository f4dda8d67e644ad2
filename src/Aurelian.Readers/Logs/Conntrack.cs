using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// <c>conntrack -E</c>, best with <c>-o timestamp</c>. Source: conntrack-tools' extensions and libnetfilter_conntrack's
/// snprintf: <c>[time] [NEW] tcp 6 120 SYN_SENT src= dst= sport= dport= [UNREPLIED] src= dst= sport= dport=</c>; the
/// second tuple is the reply's, so its destination is the address after translation. Byte counts come with accounting
/// switched on.
/// </summary>
internal sealed class Conntrack : LineFormat
{
    private long _lastNs;
    private readonly RecentValues _recent = new();
    private FlowBook? _flows;

    public override string Kind => "conntrack";

    public override TimeSpan Lateness => TimeSpan.FromSeconds(5);

    internal static bool Looks(ReadOnlySpan<byte> line) =>
        line.IndexOf(" src="u8) > 0 && line.IndexOf(" dst="u8) > 0
        && (line.IndexOf("[NEW]"u8) >= 0 || line.IndexOf("[UPDATE]"u8) >= 0 || line.IndexOf("[DESTROY]"u8) >= 0);

    protected override string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings)
    {
        int second = SecondTuple(line);
        if (second < 0)
        {
            return "without both tuples";
        }

        ReadOnlySpan<byte> asked = line[..second], replied = line[second..];
        if (!TryEnds(asked, out Endpoint source, out Endpoint destination)
            || !TryEnds(replied, out Endpoint answering, out Endpoint translated))
        {
            return "without addresses";
        }

        Fields.TryLong(Fields.After(asked, "bytes="u8), out long bytesOut);
        Fields.TryLong(Fields.After(replied, "bytes="u8), out long bytesBack);
        if (!TryTime(line, report, out long ns))
        {
            // Without stamps the lines keep their order at the time of the last one that had any.
            report.NaiveTimes = true;
            ns = _lastNs;
        }

        _lastNs = ns;
        Transport transport = TransportOf(asked);
        _flows ??= new FlowBook(report);
        LoggedFlow flow = new(
            _flows.IdOf("ct", source, destination, transport), source, destination, transport, ns, ns)
        {
            BytesOut = bytesOut, BytesBack = bytesBack,
        };
        Tell(line, number, flow, answering, translated, _flows, readings);
        return null;
    }

    private static void Tell(
        ReadOnlySpan<byte> line, long number, LoggedFlow flow, Endpoint answering, Endpoint translated,
        FlowBook flows, List<Reading> readings)
    {
        bool unreplied = line.IndexOf("[UNREPLIED]"u8) >= 0;
        if (line.IndexOf("[DESTROY]"u8) >= 0)
        {
            readings.Add(unreplied && flow.Transport == Transport.Tcp ? flow.Probed(number, "S") : flow.Closed(number));
            flows.Remove(flow.Id);
            return;
        }

        // A tuple recurs, and not every log has the end of the flow before.
        if (!flows.TryAdd(flow.Id) && line.IndexOf("[NEW]"u8) < 0)
        {
            return;
        }

        readings.Add(flow.Opened(number));
        if (translated != flow.Source || answering != flow.Destination)
        {
            readings.Add(new Reading(number, new Observation(
                flow.StartNs, default, new Fact.FlowTranslated(flow.Id, translated, answering))));
        }
    }

    /// <summary>Where the reply's <c>src=</c> begins.</summary>
    private static int SecondTuple(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf(" src="u8);
        int next = first < 0 ? -1 : line[(first + 1)..].IndexOf(" src="u8);
        return next < 0 ? -1 : first + 1 + next;
    }

    private bool TryEnds(ReadOnlySpan<byte> tuple, out Endpoint source, out Endpoint destination)
    {
        source = destination = default;
        if (!_recent.TryAddress(Fields.After(tuple, "src="u8), out IPAddress from)
            || !_recent.TryAddress(Fields.After(tuple, "dst="u8), out IPAddress to))
        {
            return false;
        }

        source = new Endpoint(from, Fields.Port(Fields.After(tuple, "sport="u8)));
        destination = new Endpoint(to, Fields.Port(Fields.After(tuple, "dport="u8)));
        return true;
    }

    /// <summary>The first bracket, where it holds a number and not an event's name.</summary>
    private static bool TryTime(ReadOnlySpan<byte> line, ReadReport report, out long ns)
    {
        ns = 0;
        int open = line.IndexOf((byte)'['), close = line.IndexOf((byte)']');
        return open >= 0 && close > open && Stamps.TryRead(line[(open + 1)..close], report, out ns);
    }

    private static Transport TransportOf(ReadOnlySpan<byte> asked)
    {
        // Behind the last bracket before the first tuple.
        asked = asked[..Math.Max(0, asked.IndexOf(" src="u8))];
        ReadOnlySpan<byte> rest = asked[(asked.LastIndexOf((byte)']') + 1)..].TrimStart(" \t"u8);
        int end = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> name = end < 0 ? rest : rest[..end];
        if (name.SequenceEqual("ipv4"u8) || name.SequenceEqual("ipv6"u8))
        {
            // With -o extended the network's name and number stand before the transport's.
            rest = rest[end..].TrimStart((byte)' ');
            Fields.TryNext(ref rest, (byte)' ', out _);
            rest = rest.TrimStart((byte)' ');
            Fields.TryNext(ref rest, (byte)' ', out name);
        }

        return LoggedFlow.TransportOf(name);
    }
}
