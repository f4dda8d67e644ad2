using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Aurelian.Bench;

/// <summary>
/// A large file out of small real ones: copy after copy, each later than the one before and between other addresses,
/// so that no reader meets the same flow twice.
/// </summary>
internal static partial class GrownFile
{
    private const int FileHeader = 24, PacketHeader = 16, Ethernet = 14;
    private const uint LittleEndian = 0xA1B2C3D4;

    /// <summary>Ethernet captures in the classic format as one, in time's order copy by copy.</summary>
    internal static long Capture(IEnumerable<string> captures, string to, long bytesMin)
    {
        List<byte[]> packets = [];
        foreach (string capture in captures)
        {
            byte[] bytes = File.ReadAllBytes(capture);
            if (bytes.Length > FileHeader && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == LittleEndian
                && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(20)) == 1)
            {
                packets.AddRange(Packets(bytes));
            }
        }

        using FileStream file = File.Create(to, 1 << 20);
        Span<byte> header = stackalloc byte[FileHeader];
        BinaryPrimitives.WriteUInt32LittleEndian(header, LittleEndian);
        (header[4], header[6], header[20]) = (2, 4, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262_144);
        file.Write(header);
        long written = FileHeader, number = 0;
        for (uint copy = 0; written < bytesMin; copy++)
        {
            foreach (byte[] packet in packets)
            {
                // One second a hundred packets: as dense as a busy link, and never backwards.
                BinaryPrimitives.WriteUInt32LittleEndian(packet, (uint)(1_600_000_000 + (number / 2000)));
                BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4), (uint)(number % 2000 * 500));
                number++;
                Move(packet, copy == 0 ? 0 : 1);
                file.Write(packet);
                written += packet.Length;
            }
        }

        return written;
    }

    /// <summary>Lines with every stamp and flow number moved on with each copy.</summary>
    internal static long Lines(string log, string to, long bytesMin)
    {
        string[] lines = File.ReadAllLines(log);
        using StreamWriter file = new(to, false, new UTF8Encoding(false), 1 << 20);
        long written = 0;
        for (int copy = 0; written < bytesMin; copy++)
        {
            foreach (string line in lines)
            {
                string moved = copy == 0 ? line : FlowNumber().Replace(line, $"$1{copy}$2");
                file.Write(moved);
                file.Write('\n');
                written += moved.Length + 1;
            }
        }

        return written;
    }

    private static IEnumerable<byte[]> Packets(byte[] bytes)
    {
        for (int at = FileHeader; at + PacketHeader <= bytes.Length;)
        {
            int length = PacketHeader + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 8));
            if (at + length > bytes.Length)
            {
                yield break;
            }

            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    /// <summary>Adds one to the middle of both IPv4 addresses: the next copy's ends are others.</summary>
    private static void Move(byte[] packet, int by)
    {
        int ip = PacketHeader + Ethernet;
        if (by == 0 || packet.Length < ip + 20 || packet[PacketHeader + 12] != 8 || packet[PacketHeader + 13] != 0)
        {
            return;
        }

        foreach (int address in new[] { ip + 12, ip + 16 })
        {
            ushort middle = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(address + 1));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(address + 1), (ushort)(middle + by));
        }
    }

    [GeneratedRegex("(\"(?:flow_id|uid)\": ?\"?[A-Za-z]?)([0-9A-Za-z]+)")]
    private static partial Regex FlowNumber();
}
