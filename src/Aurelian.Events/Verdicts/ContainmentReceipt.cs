using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>The steps of a containment in their order: the gate closes before anything freezes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContainmentAction>))]
public enum ContainmentAction
{
    [JsonStringEnumMemberName("observe")] Observe,
    [JsonStringEnumMemberName("throttle")] Throttle,
    [JsonStringEnumMemberName("cut")] Cut,
    [JsonStringEnumMemberName("freeze")] Freeze,
    [JsonStringEnumMemberName("capture")] Capture,
    [JsonStringEnumMemberName("destroy-sockets")] DestroySockets,
    [JsonStringEnumMemberName("snapshot")] Snapshot,
    [JsonStringEnumMemberName("kill")] Kill,
}

/// <param name="AtNs">CLOCK_MONOTONIC when the step had taken effect, nanoseconds.</param>
/// <param name="Detail">What was done, or why it failed.</param>
public sealed record ContainmentReceipt(ContainmentAction Action, long AtNs, bool Ok, string Detail);
