using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>How much of an episode was seen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CoverageState>))]
public enum CoverageState
{
    [JsonStringEnumMemberName("full")] Full,
    [JsonStringEnumMemberName("partial")] Partial,
    /// <summary>Another trainer's episode: no sensor of ours.</summary>
    [JsonStringEnumMemberName("traces-only")] TracesOnly,
}
