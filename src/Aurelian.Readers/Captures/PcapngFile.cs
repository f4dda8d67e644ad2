using System.Buffers.Binary;

namespace Aurelian.Readers;

/// <summary>
/// The newer capture file. Source: draft-ietf-opsawg-pcapng §4: blocks of (type, length, body, length); sections have
/// their own byte order and interfaces, interfaces their own link type and clock.
/// </summary>
internal sealed class PcapngFile(Stream stream) : ICaptureFile
{
    private const uint SectionHeader = 0x0A0D0D0A, InterfaceDescription = 1, OldPacket = 2, SimplePacket = 3,
        EnhancedPacket = 6;
    private const int BlockOverhead = 12, InterfacesMax = 4096, OptionsMax = 256;
    private const int ResolutionOption = 9, OffsetOption = 14;

    private readonly CaptureBuffer _buffer = new(stream);
    private readonly List<Interface> _interfaces = [];
    private bool _bigEndian;
    private long _lastNs;
    private long _block;

    public string Kind => "pcapng";

    public bool TryNext(ReadReport report, out Frame frame)
    {
        frame = default;
        while (_buffer.TryPeek(BlockOverhead, out ReadOnlySpan<byte> header))
        {
            _block++;
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == SectionHeader)
            {
                uint order = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
                _bigEndian = order == 0x4D3C2B1A;
                _interfaces.Clear();
                if (order is not (0x1A2B3C4D or 0x4D3C2B1A))
                {
                    break;
                }
            }

            uint type = Number(header, 0), length = Number(header, 4);
            if (length < BlockOverhead || length % 4 != 0)
            {
                break;
            }

            if (length > CaptureBuffer.PeekMax)
            {
                report.Reject($"block {_block}", "longer than any packet");
                if (!_buffer.Skip(length))
                {
                    return false;
                }

                continue;
            }

            if (!_buffer.TryPeek((int)length, out ReadOnlySpan<byte> block))
            {
                report.Reject($"block {_block}", "the file ends in it");
                return false;
            }

            _buffer.Skip(length);
            if (ReadBlock(type, block[8..^4], report, out frame))
            {
                return true;
            }
        }

        if (_buffer.TryPeek(1, out _))
        {
            report.Reject($"block {_block + 1}", $"damaged at byte {_buffer.Position}; the rest is not readable");
        }

        return false;
    }

    /// <summary>True when the block holds a packet.</summary>
    private bool ReadBlock(uint type, ReadOnlySpan<byte> body, ReadReport report, out Frame frame)
    {
        frame = default;
        switch (type)
        {
            case InterfaceDescription when body.Length >= 8 && _interfaces.Count < InterfacesMax:
                _interfaces.Add(ReadInterface(body));
                return false;
            case EnhancedPacket or OldPacket when body.Length >= 20:
                int number = type == OldPacket ? Short(body, 0) : (int)Math.Min(Number(body, 0), int.MaxValue);
                uint kept = Number(body, 12);
                if (number >= _interfaces.Count || kept > body.Length - 20)
                {
                    report.Reject($"block {_block}", "a packet of no known interface, or cut");
                    return false;
                }

                ulong ticks = ((ulong)Number(body, 4) << 32) | Number(body, 8);
                _lastNs = _interfaces[number].ToNs(ticks);
                frame = new Frame(_lastNs, _interfaces[number].Link, body.Slice(20, (int)kept));
                return true;
            case SimplePacket when body.Length >= 4 && _interfaces.Count > 0:
                // It has no time of its own: it happened not before the packet before it.
                int length = (int)Math.Min(Number(body, 0), (uint)body.Length - 4);
                frame = new Frame(_lastNs, _interfaces[0].Link, body.Slice(4, length));
                return true;
            default:
                return false;
        }
    }

    private Interface ReadInterface(ReadOnlySpan<byte> body)
    {
        Interface read = new(Short(body, 0), 6, false, 0);
        ReadOnlySpan<byte> options = body[8..];
        for (int count = 0; options.Length >= 4 && count < OptionsMax; count++)
        {
            int code = Short(options, 0), length = Short(options, 2);
            int padded = 4 + ((length + 3) & ~3);
            if (code == 0 || padded > options.Length)
            {
                break;
            }

            ReadOnlySpan<byte> value = options.Slice(4, length);
            if (code == ResolutionOption && length >= 1)
            {
                read = read with { Exponent = value[0] & 0x7F, Binary = (value[0] & 0x80) != 0 };
            }
            else if (code == OffsetOption && length >= 8)
            {
                read = read with { OffsetSeconds = _bigEndian
                    ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value) };
            }

            options = options[padded..];
        }

        return read;
    }

    private uint Number(ReadOnlySpan<byte> bytes, int at) => _bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private int Short(ReadOnlySpan<byte> bytes, int at) => _bigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    /// <param name="Exponent">A tick is 10^-n or 2^-n seconds.</param>
    private readonly record struct Interface(int Link, int Exponent, bool Binary, long OffsetSeconds)
    {
        private const double YearsMaxNs = 7.2e18;

        internal long ToNs(ulong ticks)
        {
            if (!Binary && Exponent is 6 or 9 && OffsetSeconds == 0 && ticks < (ulong)YearsMaxNs / 1000)
            {
                return (long)ticks * (Exponent == 6 ? 1000 : 1); // exact, as nearly all files have it
            }

            double ns = ((ticks / Math.Pow(Binary ? 2 : 10, Exponent)) + OffsetSeconds) * 1e9;
            return ns is >= 0 and < YearsMaxNs ? (long)ns : 0;
        }
    }
}
