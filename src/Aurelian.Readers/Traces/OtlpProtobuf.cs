using System.Buffers.Binary;

namespace Aurelian.Readers;

/// <summary>
/// OTLP in protobuf's wire format, one request or many. Source: opentelemetry-proto, trace/v1/trace.proto; framing:
/// none (a request's body), four bytes of length, big-endian (the collector's file exporter), or a varint (the usual
/// delimiting).
/// </summary>
internal sealed class OtlpProtobuf(OtlpFraming framing) : OtlpReader
{
    private const int MessageMax = 64 * 1024 * 1024;

    private const string Place = "the message after span";

    public override string Kind => "otlp-protobuf";

    /// <summary>Null when it is none.</summary>
    internal static OtlpFraming? Recognise(ReadOnlySpan<byte> head) =>
        LooksLikeRequest(head) ? OtlpFraming.None
        : head.Length > 8 && BinaryPrimitives.ReadUInt32BigEndian(head) is > 4 and < MessageMax
            && LooksLikeRequest(head[4..]) ? OtlpFraming.BigEndian
        : new Wire(head) is var wire && wire.TryVarint(out ulong length) && length is > 4 and < MessageMax
            && LooksLikeRequest(wire.Rest) ? OtlpFraming.Varint
        : null;

    internal override IEnumerable<GenAiSpan> ReadSpans(Stream input, ReadReport report)
    {
        using BufferedStream stream = new(input, 64 * 1024);
        byte[] buffer = new byte[64 * 1024];
        SpanBatch spans = new();
        while (!report.IsHopeless && TryNext(stream, ref buffer, report, spans))
        {
            for (int index = 0; index < spans.Count; index++)
            {
                yield return spans[index];
            }

            spans.Clear();
        }
    }

    /// <summary>Reads one ResourceSpans, or one framed request.</summary>
    private bool TryNext(BufferedStream stream, ref byte[] buffer, ReadReport report, SpanBatch spans)
    {
        int first = stream.ReadByte();
        if (first < 0)
        {
            return false;
        }

        long length = framing switch
        {
            OtlpFraming.BigEndian => BigEndian(first, stream),
            OtlpFraming.Varint => Varint(first, stream),
            _ => first == 0x0A ? Varint(stream.ReadByte(), stream) : -1,
        };
        if (length is < 0 or > MessageMax)
        {
            report.Reject(Place, report.Records, "damaged; the rest is not readable");
            return false;
        }

        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }

        int read = stream.ReadAtLeast(buffer.AsSpan(0, (int)length), (int)length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> message = buffer.AsSpan(0, read);
        bool whole = framing == OtlpFraming.None ? OtlpWire.TryResourceSpans(message, report, spans)
            : OtlpWire.TryRequest(message, report, spans);
        if (read < length || !whole)
        {
            report.Reject(Place, report.Records, read < length ? "the file ends in it" : "damaged");
        }

        return read == length;
    }

    private static long BigEndian(int first, Stream stream)
    {
        long length = first;
        for (int count = 0; count < 3; count++)
        {
            int next = stream.ReadByte();
            length = next < 0 ? -1 : (length << 8) | (long)next;
            if (length < 0)
            {
                break;
            }
        }

        return length;
    }

    private static long Varint(int first, Stream stream)
    {
        long length = 0;
        for (int shift = 0, next = first; shift < 35; shift += 7, next = stream.ReadByte())
        {
            if (next < 0)
            {
                return -1;
            }

            length |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return length;
            }
        }

        return -1;
    }

    /// <summary>Field 1 of a request, and in it a resource (1) or scope spans (2).</summary>
    private static bool LooksLikeRequest(ReadOnlySpan<byte> head)
    {
        Wire wire = new(head);
        return wire.TryVarint(out ulong tag) && tag == 0x0A && wire.TryVarint(out ulong length)
            && length is > 2 and < MessageMax && wire.TryVarint(out ulong inner) && inner is 0x0A or 0x12
            && wire.TryVarint(out ulong innerLength) && innerLength < length
            && wire.Rest is [0x0A or 0x10 or 0x12, ..];
    }
}

internal enum OtlpFraming
{
    None,
    BigEndian,
    Varint,
}
