using System.Buffers.Binary;
using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.Readers;

/// <summary>Follows UDP (RFC 768) in a capture, and the DNS questions in it, on any port.</summary>
internal sealed class UdpFlows(FlowTable flows, FlowTeller teller)
{
    private const int DnsPort = 53, MulticastDnsPort = 5353;

    /// <summary>Datagrams of a flow on another port that are tried as DNS.</summary>
    private const int TriedMax = 8;

    internal void Read(in IpPacket packet, long record)
    {
        ReadOnlySpan<byte> datagram = packet.Payload;
        if (datagram.Length < 8)
        {
            return;
        }

        int sourcePort = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        int destinationPort = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        FlowKey key = FlowKey.Of(packet.Source, packet.Destination, sourcePort, destinationPort, IpPacket.Udp,
            out bool fromLow);
        Flow? flow = flows.Find(key);
        if (flow is null)
        {
            // A capture that begins with an answer: what comes from the resolver's port is the server's.
            bool fromServer = sourcePort == DnsPort && destinationPort != DnsPort;
            flow = flows.Add(key, fromLow != fromServer, Transport.Udp, record);
            flows.Open(flow, look: false);
        }

        ReadOnlySpan<byte> payload = datagram[8..];
        bool fromClient = fromLow == flow.ClientIsLow;
        flows.Touch(flow);
        if (payload.IsEmpty)
        {
            return;
        }

        FlowSide side = fromClient ? flow.Client : flow.Server;
        teller.Measure(flow, flows.NowNs);
        flow.Meter.Add(fromClient, flows.NowNs, payload.Length);
        bool dns = destinationPort is DnsPort or MulticastDnsPort || flow.Protocol == ProtocolNames.Dns;
        if (dns || side.Shown < TriedMax)
        {
            side.Shown++;
            ReadQuestion(flow, payload, strict: !dns);
        }
    }

    private void ReadQuestion(Flow flow, ReadOnlySpan<byte> payload, bool strict)
    {
        if (!DnsQuestion.TryRead(payload, strict, out DnsQuestion question))
        {
            return;
        }

        flow.Protocol = ProtocolNames.Dns;
        teller.Tell(flows.NowNs, teller.Record, new Fact.DnsAsked(
            question.Name, DnsQuery.TypeName(question.Type), "asked", null, Allowed: true, flow.Id));
    }
}
