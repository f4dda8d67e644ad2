using System.Text.Json.Serialization;

namespace Aurelian.Events;

[JsonConverter(typeof(JsonStringEnumConverter<Category>))]
public enum Category
{
    [JsonStringEnumMemberName("mining")] Mining,
    [JsonStringEnumMemberName("tunnel")] Tunnel,
    [JsonStringEnumMemberName("probing")] Probing,
    [JsonStringEnumMemberName("metadata")] Metadata,
    [JsonStringEnumMemberName("exfiltration")] Exfiltration,
    [JsonStringEnumMemberName("resource")] Resource,
    [JsonStringEnumMemberName("persistence")] Persistence,
    [JsonStringEnumMemberName("evasion")] Evasion,
}
