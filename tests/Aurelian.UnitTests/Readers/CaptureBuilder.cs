using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Aurelian.UnitTests.Readers;

/// <summary>Writes small captures, packet by packet; a second passes between two packets unless said.</summary>
internal sealed class CaptureBuilder
{
    internal const int Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32;

    private readonly List<(long Us, byte[] Frame)> _frames = [];

    internal long NowUs { get; set; } = 1_700_000_000_000_000;

    internal int Link { get; init; } = 101; // raw IP

    /// <summary>What goes before the IP packet on this kind of link.</summary>
    internal byte[] LinkHeader { get; init; } = [];

    internal CaptureBuilder Frame(byte[] frame, long afterUs = 1_000_000)
    {
        NowUs += afterUs;
        _frames.Add((NowUs, frame));
        return this;
    }

    internal CaptureBuilder Ip(
        string source, string destination, byte protocol, byte[] payload, long afterUs = 1_000_000) =>
        Frame([.. LinkHeader, .. IpPacket(source, destination, protocol, payload)], afterUs);

    internal CaptureBuilder Tcp(
        string source, int sourcePort, string destination, int destinationPort, int flags, uint sequence = 0,
        string payload = "", long afterUs = 1_000_000) => Ip(source, destination, 6,
        TcpSegment(sourcePort, destinationPort, flags, sequence, Encoding.Latin1.GetBytes(payload)), afterUs);

    internal CaptureBuilder Udp(
        string source, int sourcePort, string destination, int destinationPort, byte[] payload,
        long afterUs = 1_000_000)
    {
        byte[] datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        return Ip(source, destination, 17, datagram, afterUs);
    }

    /// <summary>A handshake from 10.0.0.1:40000; the next sequence numbers are 1001 and 5001.</summary>
    internal CaptureBuilder Handshake(string server, int port) => this
        .Tcp("10.0.0.1", 40000, server, port, Syn, 1000)
        .Tcp(server, port, "10.0.0.1", 40000, Syn | Ack, 5000)
        .Tcp("10.0.0.1", 40000, server, port, Ack, 1001);

    internal byte[] ToPcap(bool bigEndian = false, bool nanoseconds = false)
    {
        MemoryStream stream = new();
        void Number(uint number)
        {
            byte[] bytes = BitConverter.GetBytes(bigEndian ? BinaryPrimitives.ReverseEndianness(number) : number);
            stream.Write(bytes);
        }

        Number(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4);
        Number(0x0004_0002);
        Number(0);
        Number(0);
        Number(262_144);
        Number((uint)Link);
        foreach ((long us, byte[] frame) in _frames)
        {
            Number((uint)(us / 1_000_000));
            Number((uint)(us % 1_000_000) * (nanoseconds ? 1000u : 1u));
            Number((uint)frame.Length);
            Number((uint)frame.Length);
            stream.Write(frame);
        }

        return stream.ToArray();
    }

    internal byte[] ToPcapng()
    {
        MemoryStream stream = new();
        void Block(uint type, params byte[][] parts)
        {
            byte[] body = [.. parts.SelectMany(part => part)];
            byte[] padded = [.. body, .. new byte[(4 - (body.Length % 4)) % 4]];
            byte[] length = BitConverter.GetBytes((uint)padded.Length + 12);
            stream.Write([.. BitConverter.GetBytes(type), .. length, .. padded, .. length]);
        }

        Block(0x0A0D0D0A, BitConverter.GetBytes(0x1A2B3C4D), [1, 0, 0, 0], BitConverter.GetBytes(-1L));
        // An interface whose clock ticks in nanoseconds: if_tsresol 9.
        Block(1, BitConverter.GetBytes(Link), BitConverter.GetBytes(262_144), [9, 0, 1, 0, 9, 0, 0, 0]);
        foreach ((long us, byte[] frame) in _frames)
        {
            ulong ns = (ulong)us * 1000;
            Block(6, BitConverter.GetBytes(0), BitConverter.GetBytes((uint)(ns >> 32)),
                BitConverter.GetBytes((uint)ns), BitConverter.GetBytes(frame.Length),
                BitConverter.GetBytes(frame.Length), frame);
        }

        return stream.ToArray();
    }

    internal static byte[] IpPacket(
        string source, string destination, byte protocol, byte[] payload, int fragment = 0, ushort id = 1)
    {
        byte[] from = IPAddress.Parse(source).GetAddressBytes(), to = IPAddress.Parse(destination).GetAddressBytes();
        if (from.Length == 16)
        {
            byte[] header6 = [0x60, 0, 0, 0, 0, 0, protocol, 64, .. from, .. to];
            BinaryPrimitives.WriteUInt16BigEndian(header6.AsSpan(4), (ushort)payload.Length);
            return [.. header6, .. payload];
        }

        byte[] header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, .. from, .. to];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(20 + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)fragment);
        return [.. header, .. payload];
    }

    internal static byte[] TcpSegment(int sourcePort, int destinationPort, int flags, uint sequence, byte[] payload)
    {
        byte[] header = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        header[12] = 0x50;
        header[13] = (byte)flags;
        return [.. header, .. payload];
    }

    /// <summary>A DNS question; a label may hold any bytes (Latin-1).</summary>
    internal static byte[] DnsQuestion(ushort type, params string[] labels) =>
    [
        0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        .. labels.SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]),
        0, (byte)(type >> 8), (byte)type, 0, 1,
    ];
}
