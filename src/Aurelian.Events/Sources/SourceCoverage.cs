using System.Text.Json.Serialization;

namespace Aurelian.Events;

[JsonConverter(typeof(JsonStringEnumConverter<SourceState>))]
public enum SourceState
{
    [JsonStringEnumMemberName("full")] Full,
    [JsonStringEnumMemberName("partial")] Partial,
    [JsonStringEnumMemberName("absent")] Absent,
}

/// <summary>What a source saw and lost: received = processed + dropped + waiting.</summary>
/// <param name="How">ebpf, proc connector, firewall, fanotify …, and what of it is missing.</param>
public sealed record SourceCoverage(
    string Name, SourceState State, string How, long Received, long Processed, long Dropped, long Late);
