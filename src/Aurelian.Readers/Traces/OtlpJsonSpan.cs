using System.Text.Json;

namespace Aurelian.Readers;

/// <summary>
/// A span or resource in OTLP's JSON. Source: opentelemetry.io, "OTLP/JSON": ids in hexadecimal, 64-bit numbers as
/// texts, an attribute is a key and a typed value; member names in either case.
/// </summary>
internal static class OtlpJsonSpan
{
    private const int IdMax = 64, NameMax = 256;

    /// <summary>False for what is no whole JSON object.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> json, GenAiSpan span)
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
                ReadMember(ref reader, span);
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, GenAiSpan span)
    {
        if (Is(ref reader, "traceId"u8, "trace_id"u8))
        {
            span.TraceId = Text(ref reader, IdMax).ToLowerInvariant();
        }
        else if (Is(ref reader, "spanId"u8, "span_id"u8))
        {
            span.SpanId = Text(ref reader, IdMax).ToLowerInvariant();
        }
        else if (Is(ref reader, "parentSpanId"u8, "parent_span_id"u8))
        {
            span.ParentSpanId = Text(ref reader, IdMax).ToLowerInvariant() is { Length: > 0 } id ? id : null;
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            span.Name = Text(ref reader, NameMax);
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
            ReadAttributes(ref reader, span);
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

    private static void ReadAttributes(ref Utf8JsonReader reader, GenAiSpan span)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        Span<byte> key = stackalloc byte[64];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            int length = 0;
            string? value = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("key"u8))
                {
                    reader.Read();
                    length = reader.ValueSpan.Length <= key.Length ? reader.ValueSpan.Length : 0;
                    reader.ValueSpan[..length].CopyTo(key);
                }
                else
                {
                    // The value may stand before its key: only where it is unwanted for sure it is passed over.
                    bool wanted = length == 0 || GenAiSpan.Knows(key[..length]);
                    reader.Read();
                    value = FirstScalar(ref reader, wanted);
                }
            }

            if (length > 0 && value is not null)
            {
                span.Set(key[..length], value);
            }
        }
    }

    /// <summary>The typed value's own, of an array its first.</summary>
    private static string? FirstScalar(ref Utf8JsonReader reader, bool wanted)
    {
        if (!wanted)
        {
            reader.Skip();
            return null;
        }

        string? found = null;
        int depth = reader.CurrentDepth;
        bool inside = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        do
        {
            found ??= reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False =>
                    Fields.Utf8(reader.ValueSpan, 64),
                _ => null,
            };
        }
        while (inside && reader.Read() && reader.CurrentDepth > depth);
        return found;
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) =>
        reader.ValueTextEquals(name) || reader.ValueTextEquals(other);

    private static string Text(ref Utf8JsonReader reader, int charactersMax)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return Fields.Cut(reader.GetString()!, charactersMax);
        }

        reader.Skip();
        return "";
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
