using System.Collections.Immutable;

namespace Aurelian.Events;

/// <summary>What a trainer is told about an episode before it may learn from it.</summary>
/// <param name="Final">Every source's watermark has passed the episode's end; a violation is final at once.</param>
/// <param name="Findings">Rules completed, the gravest first, each once.</param>
public sealed record Verdict(
    EpisodeId Episode, VerdictState State, bool Final, CoverageState Coverage, ImmutableArray<string> Findings,
    string PolicyHash);
