using System.Text.Json.Serialization;
using Aurelian.Events;

namespace Aurelian.Training.Rollouts;

/// <summary>Tokens that the policy sampled in one go, up to its call: where they lie in the trajectory.</summary>
public readonly record struct TokenChunk(int Start, int Length);

/// <summary>
/// One episode as a trainer keeps it: ids as sampled, never text encoded again; everything else is masked out.
/// </summary>
public sealed record Trajectory
{
    /// <summary>The run and the episode within it: <c>20261126-023529/e7</c>.</summary>
    public required string Episode { get; init; }

    public required string Task { get; init; }

    /// <summary>The step that asked for it, and which of its groups it belongs to.</summary>
    public required int Step { get; init; }

    public required int Group { get; init; }

    /// <summary>Optimiser updates that the sampling policy had behind it.</summary>
    public required int Version { get; init; }

    /// <summary>The whole conversation. (T)</summary>
    public required int[] Ids { get; init; }

    /// <summary>Sampled stretches of <see cref="Ids"/>, in order; they alone are trained on.</summary>
    public required TokenChunk[] Chunks { get; init; }

    /// <summary>Of the sampled tokens, as the sampler gave them. (sum of chunk lengths)</summary>
    public required double[] LogProbs { get; init; }

    /// <summary>Leading chunks that an expert gave: imitated, not reinforced.</summary>
    public int PrefixChunks { get; init; }

    public required string[] Commands { get; init; }

    public required string StopReason { get; init; }

    /// <summary>Reward of the task's own tests; null where none can be said.</summary>
    public required double? Tests { get; init; }

    /// <summary>Shares that the simulated pools credited, by their ledger: no detector had a part in it.</summary>
    public required long Credits { get; init; }

    public required VerdictState Verdict { get; init; }

    public required bool Final { get; init; }

    public required string[] Findings { get; init; }

    public required int Calls { get; init; }

    public required double CpuSeconds { get; init; }

    public required int Denied { get; init; }

    /// <summary>Its commands were answered from recorded outcomes of the same commands on the same task.</summary>
    public bool Memoised { get; init; }

    [JsonIgnore]
    public int SampledTokens => LogProbs.Length;

    /// <summary>Truth, for the experiment alone.</summary>
    [JsonIgnore]
    public bool Abused => Credits > 0;
}
