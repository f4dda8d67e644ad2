using System.Net;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// AWS VPC flow logs as text. Source: docs.aws.amazon.com, "Flow log records": fields parted by blanks, in the order of
/// the header line or, without one, of version 2. A record is one direction of a flow over some seconds.
/// </summary>
internal sealed class VpcFlowLog : LineFormat
{
    private const string Version2 =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
        + "log-status";

    private readonly ColumnRow _row = new(' ');
    private FlowBook? _flows;

    public override string Kind => "aws-vpc-flow";

    /// <summary>A record is written after its window of up to ten minutes, under the window's first second.</summary>
    public override TimeSpan Lateness => TimeSpan.FromDays(1);

    internal static bool Looks(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = line;
        return (line.IndexOf("srcaddr"u8) >= 0 && line.IndexOf("dstaddr"u8) >= 0 && line.IndexOf((byte)'{') < 0)
            || (Fields.TryNext(ref rest, (byte)' ', out ReadOnlySpan<byte> version) && version.Length == 1
                && version[0] is >= (byte)'2' and <= (byte)'9' && line.Count((byte)' ') >= 13
                && (line.IndexOf(" ACCEPT"u8) > 0 || line.IndexOf(" REJECT"u8) > 0 || line.IndexOf(" NODATA"u8) > 0
                    || line.IndexOf(" SKIPDATA"u8) > 0));
    }

    protected override string? ReadLine(
        ReadOnlySpan<byte> line, long number, ReadReport report, List<Reading> readings)
    {
        if (line.IndexOf("srcaddr"u8) >= 0)
        {
            _row.SetHeader(line);
            return null;
        }

        if (!_row.HasHeader)
        {
            _row.SetHeader(System.Text.Encoding.ASCII.GetBytes(Version2));
        }

        if (!_row.TrySet(line))
        {
            return "too few columns";
        }

        ReadOnlySpan<byte> status = _row[_row.Column("log-status")];
        if (status.SequenceEqual("NODATA"u8) || status.SequenceEqual("SKIPDATA"u8))
        {
            return null;
        }

        // Behind a NAT or load balancer the packet's own addresses say more than the interface's.
        if (!_row.Recent.TryAddress(_row[_row.Column("pkt-srcaddr", "srcaddr")], out IPAddress source)
            || !_row.Recent.TryAddress(_row[_row.Column("pkt-dstaddr", "dstaddr")], out IPAddress destination)
            || !Stamps.TryRead(_row[_row.Column("start")], report, out long startNs))
        {
            return "without addresses or start";
        }

        long endNs = Stamps.TryRead(_row[_row.Column("end")], report, out long end) ? Math.Max(end, startNs) : startNs;
        Fields.TryLong(_row[_row.Column("bytes")], out long bytes);
        Tell(new Endpoint(source, Fields.Port(_row[_row.Column("srcport")])),
            new Endpoint(destination, Fields.Port(_row[_row.Column("dstport")])), startNs, endNs, bytes, number, report,
            readings);
        return null;
    }

    private void Tell(
        Endpoint from, Endpoint to, long startNs, long endNs, long bytes, long number, ReadReport report,
        List<Reading> readings)
    {
        Transport transport = LoggedFlow.TransportOf(_row[_row.Column("protocol")]);
        if (_row[_row.Column("action")].SequenceEqual("REJECT"u8))
        {
            readings.Add(new Reading(number, new Observation(startNs, default, new Fact.PacketRefused(
                from, to, transport, "rejected by a security group or network ACL"))));
            return;
        }

        // Nothing says who called: the lower port is nearly always the server's.
        bool back = from.Port < to.Port;
        (Endpoint client, Endpoint server) = back ? (to, from) : (from, to);
        _flows ??= new FlowBook(report);
        LoggedFlow flow = new(
            _flows.IdOf("vpc", client, server, transport), client, server, transport, startNs, endNs)
        {
            BytesOut = back ? 0 : bytes, BytesBack = back ? bytes : 0,
        };
        if (_flows.TryAdd(flow.Id))
        {
            readings.Add(flow.Opened(number));
        }

        readings.Add(flow.Closed(number));
    }
}
