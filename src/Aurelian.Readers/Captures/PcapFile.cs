using System.Buffers.Binary;

namespace Aurelian.Readers;

/// <summary>
/// The classic capture file. Source: draft-ietf-opsawg-pcap: a header of 24 bytes, then records of 16 bytes and the
/// packet, in the byte order of the machine that wrote them.
/// </summary>
internal sealed class PcapFile(Stream stream) : ICaptureFile
{
    private const int HeaderLength = 24, RecordLength = 16;

    /// <summary>The largest snapshot that capture programs take (tcpdump's MAXIMUM_SNAPLEN).</summary>
    private const int PacketMax = 262_144;

    /// <summary>How far the next record is sought behind a damaged one.</summary>
    private const int SearchMax = 1 << 20;

    private readonly CaptureBuffer _buffer = new(stream);
    private bool _opened;
    private bool _bigEndian;
    private bool _nanoseconds;
    private int _link;
    private uint _lastSeconds;

    public string Kind => "pcap";

    internal static bool IsMagic(uint littleEndian) =>
        littleEndian is 0xA1B2C3D4 or 0xD4C3B2A1 or 0xA1B23C4D or 0x4D3CB2A1;

    public bool TryNext(ReadReport report, out Frame frame)
    {
        frame = default;
        if (!_opened && !Open(report))
        {
            return false;
        }

        if (!_buffer.TryPeek(RecordLength, out ReadOnlySpan<byte> header))
        {
            if (!header.IsEmpty)
            {
                report.Reject($"packet {report.Records + 1}", "the file ends in its header");
            }

            return false;
        }

        if (!IsPlausible(header))
        {
            report.Reject($"packet {report.Records + 1}", $"damaged at byte {_buffer.Position}");
            return Search() ? TryNext(report, out frame) : false;
        }

        uint length = Number(header, 8);
        if (!_buffer.TryPeek(RecordLength + (int)length, out ReadOnlySpan<byte> record))
        {
            report.Reject($"packet {report.Records + 1}", "the file ends in it");
            return false;
        }

        _lastSeconds = Number(record, 0);
        long ns = (_lastSeconds * 1_000_000_000L) + (Number(record, 4) * (_nanoseconds ? 1L : 1000L));
        frame = new Frame(ns, _link, record[RecordLength..]);
        _buffer.Skip(RecordLength + length);
        return true;
    }

    private bool Open(ReadReport report)
    {
        _opened = true;
        if (!_buffer.TryPeek(HeaderLength, out ReadOnlySpan<byte> header))
        {
            report.Note("the file's header", "the file ends in it");
            return false;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        _bigEndian = magic is 0xD4C3B2A1 or 0x4D3CB2A1;
        _nanoseconds = magic is 0xA1B23C4D or 0x4D3CB2A1;
        // The upper half of the field says whether frame check sequences follow.
        _link = (int)(Number(header, 20) & 0xFFFF);
        _buffer.Skip(HeaderLength);
        return true;
    }

    private bool IsPlausible(ReadOnlySpan<byte> header) =>
        Number(header, 8) is var kept && kept <= PacketMax && kept <= Number(header, 12)
        && Number(header, 4) < (_nanoseconds ? 1_000_000_000u : 1_000_000u);

    /// <summary>
    /// Seeks a header that is plausible, near in time to the last, and followed by another of its kind.
    /// </summary>
    private bool Search()
    {
        for (int passed = 0; passed < SearchMax && _buffer.Skip(1); passed++)
        {
            if (!_buffer.TryPeek(RecordLength, out ReadOnlySpan<byte> header))
            {
                return false;
            }

            if (!IsPlausible(header) || !IsNear(header) || Number(header, 8) == 0)
            {
                continue;
            }

            int next = RecordLength + (int)Number(header, 8);
            bool more = _buffer.TryPeek(next + RecordLength, out ReadOnlySpan<byte> both);
            if (more ? IsPlausible(both[next..]) && IsNear(both[next..]) : both.Length == next)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsNear(ReadOnlySpan<byte> header)
    {
        const long Day = 86_400;
        return Math.Abs(Number(header, 0) - (long)_lastSeconds) < Day;
    }

    private uint Number(ReadOnlySpan<byte> bytes, int at) => _bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
