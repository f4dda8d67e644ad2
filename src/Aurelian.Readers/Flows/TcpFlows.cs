using System.Buffers.Binary;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Follows TCP (RFC 9293) in a capture, from the handshake or from the middle, and tells probes from conversations.
/// </summary>
internal sealed class TcpFlows(FlowTable flows, FlowTeller teller)
{
    private const int Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32;

    private readonly TcpBytes _bytes = new(flows, teller);

    internal void Read(in IpPacket packet, long record)
    {
        ReadOnlySpan<byte> segment = packet.Payload;
        int header = segment.Length < 20 ? 0 : (segment[12] >> 4) * 4;
        if (header < 20 || segment.Length < header)
        {
            return;
        }

        int sourcePort = BinaryPrimitives.ReadUInt16BigEndian(segment);
        int destinationPort = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        FlowKey key = FlowKey.Of(packet.Source, packet.Destination, sourcePort, destinationPort, IpPacket.Tcp,
            out bool fromLow);
        TcpSegment read = new(
            BinaryPrimitives.ReadUInt32BigEndian(segment[4..]), segment[13] & 0x3F, segment[header..]);
        Flow? flow = flows.Find(key);
        if (flow is not null && read.Flags == Syn && IsNewAttempt(flow, fromLow, read))
        {
            flows.Forget(flow);
            flow = null;
        }

        if (flow is null)
        {
            Begin(key, fromLow, sourcePort <= destinationPort, read, record);
        }
        else
        {
            Continue(flow, fromLow == flow.ClientIsLow, read);
        }
    }

    /// <summary>A SYN on ends that were used before, and not the same SYN again.</summary>
    private static bool IsNewAttempt(Flow flow, bool fromLow, in TcpSegment segment) =>
        flow.Stage != FlowStage.Asked || fromLow != flow.ClientIsLow
        || flow.Client.NextSequence != segment.Sequence + 1;

    private void Begin(in FlowKey key, bool fromLow, bool sourceIsLower, in TcpSegment segment, long record)
    {
        switch (segment.Flags & ~Psh & ~Urg)
        {
            case Syn:
                Flow asked = flows.Add(key, fromLow, Transport.Tcp, record);
                asked.Client.NextSequence = segment.Sequence + 1;
                break;
            case Syn | Ack:
                Flow answered = flows.Add(key, !fromLow, Transport.Tcp, record);
                answered.Server.NextSequence = segment.Sequence + 1;
                flows.Open(answered, look: true);
                break;
            case 0 or Fin:
                // No stack sends these: FIN, NULL and XMAS scans look for closed ports that answer.
                Flow probed = flows.Add(key, fromLow, Transport.Tcp, record);
                teller.Probed(probed, segment.Letters, answered: false);
                probed.Stage = FlowStage.Ended;
                break;
            default:
                if (!segment.Payload.IsEmpty && (segment.Flags & Rst) == 0)
                {
                    // From the middle: the lower port is nearly always the server's.
                    Flow middle = flows.Add(key, sourceIsLower ? !fromLow : fromLow, Transport.Tcp, record);
                    flows.Open(middle, look: true);
                    Continue(middle, fromLow == middle.ClientIsLow, segment);
                }

                break;
        }
    }

    private void Continue(Flow flow, bool fromClient, in TcpSegment segment)
    {
        if (flow.Stage == FlowStage.Asked && !Answer(flow, fromClient, segment))
        {
            return;
        }

        if (flow.Stage != FlowStage.Open)
        {
            return;
        }

        FlowSide side = fromClient ? flow.Client : flow.Server;
        flows.Touch(flow);
        if (!segment.Payload.IsEmpty && (segment.Flags & Syn) == 0)
        {
            _bytes.Add(flow, side, fromClient, segment);
        }

        side.Finished |= (segment.Flags & Fin) != 0;
        if ((segment.Flags & Rst) != 0)
        {
            // Answered, and hung up on without a word: a half-open scan.
            if (fromClient && flow.Meter.BytesOut + flow.Meter.BytesBack == 0)
            {
                teller.Probed(flow, "S", answered: true);
            }

            flows.End(flow);
        }
        else if (flow.Client.Finished && flow.Server.Finished)
        {
            flows.End(flow);
        }
    }

    /// <summary>True when the SYN was answered and the segment is still to be read.</summary>
    private bool Answer(Flow flow, bool fromClient, in TcpSegment segment)
    {
        if ((segment.Flags & Rst) != 0)
        {
            flows.Forget(flow); // refused: told as a probe
            return false;
        }

        if (!fromClient && (segment.Flags & (Syn | Ack)) == (Syn | Ack))
        {
            flow.Server.NextSequence = segment.Sequence + 1;
        }
        else if (segment.Payload.IsEmpty || (segment.Flags & Syn) != 0)
        {
            return false;
        }

        flows.Open(flow, look: true);
        return true;
    }
}

/// <summary>One TCP segment, until the next packet is read.</summary>
internal readonly ref struct TcpSegment(uint sequence, int flags, ReadOnlySpan<byte> payload)
{
    private const string FlagLetters = "FSRPAU";

    internal uint Sequence { get; } = sequence;

    internal int Flags { get; } = flags;

    internal ReadOnlySpan<byte> Payload { get; } = payload;

    internal string Letters
    {
        get
        {
            string letters = "";
            for (int bit = 0; bit < FlagLetters.Length; bit++)
            {
                letters += (Flags & (1 << bit)) != 0 ? FlagLetters[bit] : "";
            }

            return letters;
        }
    }
}
