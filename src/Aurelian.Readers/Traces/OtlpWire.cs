using System.Globalization;

namespace Aurelian.Readers;

/// <summary>The messages of opentelemetry-proto that lead to spans, by their field numbers.</summary>
internal static class OtlpWire
{
    private const int IdMax = 32;

    internal static bool TryRequest(ReadOnlySpan<byte> message, ReadReport report, SpanBatch spans)
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
    internal static bool TryResourceSpans(ReadOnlySpan<byte> message, ReadReport report, SpanBatch spans)
    {
        GenAiSpan resource = spans.Resource;
        resource.Clear();
        Wire first = new(message);
        while (first.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            if (field == 1)
            {
                ReadAttributes(body, 1, resource, spans.Texts);
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
                    Add(span, report, spans);
                }
            }
        }

        return second.IsAtEnd;
    }

    /// <summary>
    /// Span: trace_id 1, span_id 2, parent_span_id 4, name 5, start 7, end 8, attributes 9, status 15.
    /// </summary>
    private static void Add(ReadOnlySpan<byte> message, ReadReport report, SpanBatch spans)
    {
        GenAiSpan span = spans.Next();
        SpanTexts texts = spans.Texts;
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out ulong number))
        {
            switch (field)
            {
                case 1:
                    span.TraceId = Hex(body, texts);
                    break;
                case 2:
                    span.Identify(SpanIdentity.OfBytes(body));
                    break;
                case 4:
                    span.Follow(SpanIdentity.OfBytes(body));
                    break;
                case 5:
                    span.Call(body, texts);
                    break;
                case 7:
                    span.StartNs = (long)Math.Min(number, long.MaxValue);
                    break;
                case 8:
                    span.EndNs = (long)Math.Min(number, long.MaxValue);
                    break;
                case 9:
                    ReadAttribute(body, span, texts);
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

        span.Inherit(spans.Resource);
        if (OtlpReader.Check(span, report))
        {
            spans.Keep();
        }
    }

    private static void ReadAttributes(ReadOnlySpan<byte> message, int wanted, GenAiSpan span, SpanTexts texts)
    {
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            if (field == wanted)
            {
                ReadAttribute(body, span, texts);
            }
        }
    }

    /// <summary>KeyValue: key 1, value 2.</summary>
    private static void ReadAttribute(ReadOnlySpan<byte> message, GenAiSpan span, SpanTexts texts)
    {
        ReadOnlySpan<byte> key = default, value = default;
        Wire wire = new(message);
        while (wire.TryField(out int field, out ReadOnlySpan<byte> body, out _))
        {
            key = field == 1 ? body : key;
            value = field == 2 ? body : value;
        }

        if (GenAiSpan.SlotOf(key) is >= 0 and int slot)
        {
            Set(value, 0, span, slot, texts);
        }
    }

    /// <summary>AnyValue: string 1, bool 2, int 3, double 4, array 5 (of which the first is taken).</summary>
    private static void Set(ReadOnlySpan<byte> message, int depth, GenAiSpan span, int slot, SpanTexts texts)
    {
        const int DepthMax = 4;
        Wire wire = new(message);
        if (depth > DepthMax || !wire.TryField(out int field, out ReadOnlySpan<byte> body, out ulong number))
        {
            return;
        }

        Span<byte> digits = stackalloc byte[32];
        int length = 0;
        switch (field)
        {
            case 1:
                span.Set(slot, body, texts);
                break;
            case 2:
                span.Set(slot, number != 0 ? "true"u8 : "false"u8, texts);
                break;
            case 3 when ((long)number).TryFormat(digits, out length, provider: CultureInfo.InvariantCulture):
            case 4 when BitConverter.UInt64BitsToDouble(number)
                .TryFormat(digits, out length, provider: CultureInfo.InvariantCulture):
                span.Set(slot, digits[..length], texts);
                break;
            // ArrayValue: values 1.
            case 5 when new Wire(body) is var array
                && array.TryField(out int inner, out ReadOnlySpan<byte> first, out _) && inner == 1:
                Set(first, depth + 2, span, slot, texts);
                break;
        }
    }

    private static string Hex(ReadOnlySpan<byte> id, SpanTexts texts)
    {
        Span<byte> digits = stackalloc byte[IdMax * 2];
        return Convert.TryToHexStringLower(id[..Math.Min(id.Length, IdMax)], digits, out int length)
            ? texts.Text(digits[..length], IdMax * 2) : "";
    }
}
