using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>
/// A span or resource in OTLP's JSON. Source: opentelemetry.io, "OTLP/JSON": ids in hexadecimal, 64-bit numbers as
/// texts, an attribute is a key and a typed value; member names in either case.
/// </summary>
internal static class OtlpJsonSpan
{
    private const int IdMax = 64;

    /// <summary>False for what is no whole JSON object.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> json, GenAiSpan span, SpanTexts texts)
    {
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 64 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, span, texts);
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, GenAiSpan span, SpanTexts texts)
    {
        if (Is(ref reader, "traceId"u8, "trace_id"u8))
        {
            span.TraceId = texts.Text(Bytes(ref reader, texts), IdMax).ToLowerInvariant();
        }
        else if (Is(ref reader, "spanId"u8, "span_id"u8))
        {
            span.Identify(SpanIdentity.OfDigits(Bytes(ref reader, texts)));
        }
        else if (Is(ref reader, "parentSpanId"u8, "parent_span_id"u8))
        {
            span.Follow(SpanIdentity.OfDigits(Bytes(ref reader, texts)));
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            span.Call(Bytes(ref reader, texts), texts);
        }
        else if (Is(ref reader, "startTimeUnixNano"u8, "start_time_unix_nano"u8))
        {
            span.StartNs = Number(ref reader);
        }
        else if (Is(ref reader, "endTimeUnixNano"u8, "end_time_unix_nano"u8))
        {
            span.EndNs = Number(ref reader);
        }
        else if (reader.ValueTextEquals("attributes"u8))
        {
            ReadAttributes(ref reader, span, texts);
        }
        else if (reader.ValueTextEquals("status"u8))
        {
            ReadStatus(ref reader, span);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static void ReadStatus(ref Utf8JsonReader reader, GenAiSpan span)
    {
        reader.Read();
        int depth = reader.CurrentDepth;
        bool inside = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        while (inside && reader.Read() && reader.CurrentDepth > depth)
        {
            span.Failed |= reader.TokenType == JsonTokenType.Number && reader.ValueSpan.SequenceEqual("2"u8);
            span.Failed |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("STATUS_CODE_ERROR"u8);
        }
    }

    private static void ReadAttributes(ref Utf8JsonReader reader, GenAiSpan span, SpanTexts texts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            ReadAttribute(ref reader, span, texts);
        }
    }

    /// <summary>The value may stand before its key: then it is read again once the key is known.</summary>
    private static void ReadAttribute(ref Utf8JsonReader reader, GenAiSpan span, SpanTexts texts)
    {
        int slot = -1;
        bool keyed = false, valued = false;
        Utf8JsonReader value = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("key"u8))
            {
                reader.Read();
                slot = GenAiSpan.SlotOf(reader.ValueSpan);
                keyed = true;
            }
            else if (reader.Read())
            {
                value = reader;
                valued = true;
                reader.Skip();
            }
        }

        if (keyed && valued && slot >= 0)
        {
            SetFirstScalar(ref value, span, slot, texts);
        }
    }

    /// <summary>The typed value's own, of an array its first.</summary>
    private static void SetFirstScalar(ref Utf8JsonReader reader, GenAiSpan span, int slot, SpanTexts texts)
    {
        int depth = reader.CurrentDepth;
        bool inside = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        do
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                span.Set(slot, texts.Unescape(ref reader), texts);
                return;
            }

            if (reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            {
                span.Set(slot, reader.ValueSpan, texts);
                return;
            }
        }
        while (inside && reader.Read() && reader.CurrentDepth > depth);
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) =>
        reader.ValueTextEquals(name) || reader.ValueTextEquals(other);

    /// <summary>Of a text; empty for anything else.</summary>
    private static ReadOnlySpan<byte> Bytes(ref Utf8JsonReader reader, SpanTexts texts)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return texts.Unescape(ref reader);
        }

        reader.Skip();
        return default;
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number
            && Fields.TryLong(reader.ValueSpan, out long number))
        {
            return number;
        }

        reader.Skip();
        return 0;
    }
}
