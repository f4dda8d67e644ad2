using System.Globalization;

namespace Aurelian.Readers;

/// <summary>The messages of opentelemetry-proto that lead to spans, by their field numbers.</summary>
internal static class OtlpWire
{
    private const int TextMax = 16_384;

    internal static bool TryRequest(ReadOnlySpan<byte> message, ReadReport report, List<GenAiSpan> spans)
    {
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            if (field == 1 && !TryResourceSpans(body, report, spans))
            {
                return false;
            }
        }

        return wire.IsAtEnd;
    }

    /// <summary>ResourceSpans: resource 1, scope_spans 2. The resource is read first, wherever it stands.</summary>
    internal static bool TryResourceSpans(ReadOnlySpan<byte> message, ReadReport report, List<GenAiSpan> spans)
    {
        GenAiSpan resource = new();
        Wire first = new(message);
        while (first.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            if (field == 1)
            {
                ReadAttributes(body, 1, resource);
            }
        }

        Wire second = new(message);
        while (second.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            Wire scope = new(field == 2 ? body : default);
            while (scope.TryField(out int inner, out ReadOnlySpan<byte> span, out _))
            {
                if (inner == 2)
                {
                    Add(span, resource, report, spans);
                }
            }
        }

        return second.IsAtEnd;
    }

    /// <summary>
    /// Span: trace_id 1, span_id 2, parent_span_id 4, name 5, start 7, end 8, attributes 9, status 15.
    /// </summary>
    private static void Add(
        ReadOnlySpan<byte> message, GenAiSpan resource, ReadReport report, List<GenAiSpan> spans)
    {
        GenAiSpan span = new();
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out ulong number))
        {
            switch (field)
            {
                case 1:
                    span.TraceId = Hex(body);
                    break;
                case 2:
                    span.SpanId = Hex(body);
                    break;
                case 4:
                    span.ParentSpanId = body.IsEmpty ? null : Hex(body);
                    break;
                case 5:
                    span.Name = Fields.Utf8(body, 256);
                    break;
                case 7:
                    span.StartNs = (long)Math.Min(number, long.MaxValue);
                    break;
                case 8:
                    span.EndNs = (long)Math.Min(number, long.MaxValue);
                    break;
                case 9:
                    ReadAttribute(body, span);
                    break;
                case 15:
                    Wire status = new(body);
                    while (status.TryField(out int inner, out _, out ulong code))
                    {
                        span.Failed |= inner == 3 && code == 2;
                    }

                    break;
            }
        }

        span.Inherit(resource);
        if (OtlpReader.Check(span, report))
        {
            spans.Add(span);
        }
    }

    private static void ReadAttributes(ReadOnlySpan<byte> message, int wanted, GenAiSpan span)
    {
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            if (field == wanted)
            {
                ReadAttribute(body, span);
            }
        }
    }

    /// <summary>KeyValue: key 1, value 2.</summary>
    private static void ReadAttribute(ReadOnlySpan<byte> message, GenAiSpan span)
    {
        ReadOnlySpan<byte> key = default, value = default;
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            key = field == 1 ? body : key;
            value = field == 2 ? body : value;
        }

        if (GenAiSpan.Knows(key) && Value(value, 0) is { } text)
        {
            span.Set(key, text);
        }
    }

    /// <summary>AnyValue: string 1, bool 2, int 3, double 4, array 5 (of which the first is taken).</summary>
    private static string? Value(ReadOnlySpan<byte> message, int depth)
    {
        const int DepthMax = 4;
        Wire wire = new(message);
        if (depth > DepthMax || !wire.TryField(out int field, out ReadOnlySpan<byte> body, out ulong number))
        {
            return null;
        }

        return field switch
        {
            1 when depth % 2 == 0 => Fields.Utf8(body, TextMax),
            2 => number != 0 ? "true" : "false",
            3 => ((long)number).ToString(CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(number).ToString(CultureInfo.InvariantCulture),
            // ArrayValue: values 1.
            5 => new Wire(body) is var array && array.TryField(out int inner, out ReadOnlySpan<byte> first, out _)
                && inner == 1 ? Value(first, depth + 2) : null,
            _ => null,
        };
    }

    private static string Hex(ReadOnlySpan<byte> id) => Convert.ToHexStringLower(id[..Math.Min(id.Length, 32)]);
}
