namespace Aurelian.Readers;

/// <summary>
/// Packets to flows to facts. No allocation a packet: only flows, their first kilobytes and what is told of them take
/// memory, all bounded.
/// </summary>
internal sealed class CaptureReader(bool nextGeneration) : EventReader
{
    private const int NestingMax = 3;

    public override string Kind => nextGeneration ? "pcapng" : "pcap";

    /// <summary>An unanswered SYN is told 5 s later, under its own time.</summary>
    public override TimeSpan Lateness => TimeSpan.FromSeconds(6);

    public override IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        FlowTeller teller = new(report);
        ICaptureFile file = nextGeneration ? new PcapngFile(input) : new PcapFile(input);
        State state = new(file, teller, report);
        while (state.Advance())
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int index = 0; index < teller.Readings.Count; index++)
            {
                yield return teller.Readings[index];
            }

            teller.Readings.Clear();
        }

        state.End();
        foreach (Reading reading in teller.Readings)
        {
            yield return reading;
        }
    }

    private sealed class State
    {
        private readonly ICaptureFile _file;
        private readonly FlowTeller _teller;
        private readonly ReadReport _report;
        private readonly Fragments _fragments = new();
        private readonly FlowTable _flows;
        private readonly TcpFlows _tcp;
        private readonly UdpFlows _udp;
        private readonly IcmpMessages _icmp;

        internal State(ICaptureFile file, FlowTeller teller, ReadReport report)
        {
            (_file, _teller, _report) = (file, teller, report);
            _flows = new FlowTable(report, teller);
            _tcp = new TcpFlows(_flows, teller);
            _udp = new UdpFlows(_flows, teller);
            _icmp = new IcmpMessages(_flows, teller);
        }

        /// <summary>Reads until something is to be told; false at the file's end.</summary>
        internal bool Advance()
        {
            const int PacketsMax = 65_536; // so that a cancellation is heard
            for (int count = 0; count < PacketsMax && _teller.Readings.Count == 0; count++)
            {
                if (!_file.TryNext(_report, out Frame frame))
                {
                    return false;
                }

                ReadFrame(frame);
            }

            return true;
        }

        internal void End() => _flows.ForgetAll();

        private void ReadFrame(in Frame frame)
        {
            // Records are numbered as the file has them, those that could not be read included.
            _teller.Record = _report.Records + _report.Unreadable + 1;
            if (!LinkLayer.IsKnown(frame.Link))
            {
                _report.Reject("packet", _teller.Record, "of a kind of link that is not known here");
                return;
            }

            _report.Accept();
            _flows.PassTime(frame.Ns);
            ReadOnlySpan<byte> bytes = default;
            bool carries = LinkLayer.TryIp(frame.Link, frame.Bytes, out bytes);
            for (int depth = 0; carries && depth < NestingMax; depth++)
            {
                carries = IpPacket.TryRead(bytes, out IpPacket packet) && ReadPacket(packet, out bytes);
            }
        }

        /// <summary>True when it carries another IP packet.</summary>
        private bool ReadPacket(IpPacket packet, out ReadOnlySpan<byte> inner)
        {
            inner = default;
            if (packet.IsFragment)
            {
                if (!_fragments.TryAdd(packet, _flows.NowNs, _report, out ReadOnlySpan<byte> whole))
                {
                    return false;
                }

                packet = packet.With(whole);
            }

            switch (packet.Protocol)
            {
                case IpPacket.Tcp:
                    _tcp.Read(packet, _teller.Record);
                    return false;
                case IpPacket.Udp:
                    _udp.Read(packet, _teller.Record);
                    return false;
                case IpPacket.Icmp or IpPacket.Icmp6:
                    _icmp.Read(packet, _teller.Record);
                    return false;
                default:
                    inner = packet.Payload;
                    return packet.Protocol is IpPacket.IpInIp or IpPacket.Ip6InIp;
            }
        }
    }
}
