using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>Writes an identifier as its text.</summary>
public sealed class IdentifierConverter<TIdentifier> : JsonConverter<TIdentifier>
    where TIdentifier : struct, IIdentifier<TIdentifier>
{
    public override TIdentifier Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TIdentifier.From(reader.GetString() ?? throw new JsonException($"{typeof(TIdentifier).Name} is text."));

    public override void Write(Utf8JsonWriter writer, TIdentifier value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
