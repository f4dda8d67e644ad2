using Aurelian.Firewall;

namespace Aurelian.UnitTests.Firewall;

public sealed class RefusedPacketTests
{
    [Fact]
    public void The_datagram_of_a_packet_is_what_udp_says_its_length_is()
    {
        Assert.Equal([1, 2, 3], RefusedPacket.Datagram(Packet(length: 11, 1, 2, 3)).ToArray());
        Assert.Equal([1, 2], RefusedPacket.Datagram(Packet(length: 10, 1, 2, 3)).ToArray());
        Assert.Equal([1, 2, 3], RefusedPacket.Datagram(Six(1, 2, 3)).ToArray());
    }

    /// <summary>Parts of a datagram are no datagram: exact lengths are asked for of it.</summary>
    [Fact]
    public void A_fragment_a_cut_one_and_another_protocol_s_have_none()
    {
        byte[] first = Packet(11, 1, 2, 3), later = Packet(11, 1, 2, 3), tcp = Packet(11, 1, 2, 3);
        (first[6], later[7], tcp[9]) = (0x20, 1, 6);

        Assert.All(
            [first, later, tcp, Packet(12, 1, 2, 3), Packet(7, 1, 2, 3), Packet(11, 1, 2, 3)[..27], [0x45]],
            packet => Assert.True(RefusedPacket.Datagram(packet).IsEmpty));
    }

    private static byte[] Packet(byte length, params byte[] payload)
    {
        byte[] header = new byte[20];
        (header[0], header[9]) = (0x45, 17);
        return [.. header, 0, 1, 0, 2, 0, length, 0, 0, .. payload];
    }

    private static byte[] Six(params byte[] payload)
    {
        byte[] header = new byte[40];
        (header[0], header[6]) = (0x60, 17);
        return [.. header, 0, 1, 0, 2, 0, (byte)(8 + payload.Length), 0, 0, .. payload];
    }
}
