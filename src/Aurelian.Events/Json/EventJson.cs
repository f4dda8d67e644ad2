using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>Events as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(Fact))]
[JsonSerializable(typeof(Subject))]
public sealed partial class EventJson : JsonSerializerContext
{
    public static string Write(Fact fact) => JsonSerializer.Serialize(fact, Default.Fact);

    /// <param name="json">UTF-8.</param>
    public static Fact ReadFact(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.Fact)
        ?? throw new JsonException("A fact is an object.");

    public static Fact ReadFact(string json) => JsonSerializer.Deserialize(json, Default.Fact)
        ?? throw new JsonException("A fact is an object.");
}
