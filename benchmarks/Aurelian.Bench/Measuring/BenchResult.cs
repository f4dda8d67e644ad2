using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Bench;

/// <summary>One figure: ours and the peer's, measured alternating in one run.</summary>
/// <param name="Ratio">Above 1: ours is better, whatever the unit.</param>
/// <param name="Interval">95 % of the ratio.</param>
/// <param name="Load">The machine's load average at the start.</param>
internal sealed record BenchResult(
    string Name, double Ours, double? Peer, string? PeerName, double? Ratio, string Unit, double[]? Interval, int Runs,
    double Load)
{
    internal string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchResult);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchResult))]
internal sealed partial class BenchJson : JsonSerializerContext;
