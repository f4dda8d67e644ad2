using System.Buffers.Binary;

namespace Aurelian.Firewall;

/// <summary>One message of NFLOG (linux/netfilter/nfnetlink_log.h).</summary>
/// <param name="Sequence">Counted by the kernel for each packet logged, lost ones included.</param>
internal readonly ref struct LoggedPacket(uint interfaceIndex, uint sequence, ReadOnlySpan<byte> packet)
{
    private const int GenericHeader = 4;
    private const int InterfaceAttribute = 4, PayloadAttribute = 9, SequenceAttribute = 12;

    internal uint InterfaceIndex { get; } = interfaceIndex;

    internal uint Sequence { get; } = sequence;

    /// <summary>From the network header on, cut.</summary>
    internal ReadOnlySpan<byte> Packet { get; } = packet;

    internal static bool TryRead(ReadOnlySpan<byte> body, out LoggedPacket logged)
    {
        logged = default;
        if (body.Length < GenericHeader)
        {
            return false;
        }

        uint interfaceIndex = 0, sequence = 0;
        ReadOnlySpan<byte> packet = default, rest = body[GenericHeader..];
        while (NetlinkMessage.TryAttribute(ref rest, out int kind, out ReadOnlySpan<byte> value))
        {
            switch (kind)
            {
                case InterfaceAttribute when value.Length >= 4:
                    interfaceIndex = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case SequenceAttribute when value.Length >= 4:
                    sequence = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case PayloadAttribute:
                    packet = value;
                    break;
            }
        }

        logged = new LoggedPacket(interfaceIndex, sequence, packet);
        return !packet.IsEmpty;
    }
}
