using System.Text.Json.Serialization;

namespace Aurelian.Events;

[JsonConverter(typeof(JsonStringEnumConverter<VerdictState>))]
public enum VerdictState
{
    [JsonStringEnumMemberName("clean")] Clean,
    [JsonStringEnumMemberName("unknown")] Unknown,
    [JsonStringEnumMemberName("suspect")] Suspect,
    [JsonStringEnumMemberName("violating")] Violating,
}
