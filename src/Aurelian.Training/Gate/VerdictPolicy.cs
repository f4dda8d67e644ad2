using Aurelian.Events;

namespace Aurelian.Training.Gate;

/// <summary>What training does with an episode of one verdict: four separate switches.</summary>
/// <param name="Learns">False: masked from the loss.</param>
/// <param name="Counts">Whether its reward stands in its group's baseline.</param>
/// <param name="Reward">In place of the task's; null: the task's own.</param>
/// <param name="Quarantines">Its task is not asked again for the rest of the run.</param>
public sealed record VerdictRule(bool Learns, bool Counts, double? Reward = null, bool Quarantines = false)
{
    public static VerdictRule AsIs { get; } = new(true, true);

    /// <summary>Masked from both, and so rolled out again.</summary>
    public static VerdictRule Removed { get; } = new(false, false);

    public bool IsRemoved => !Learns && !Counts;
}

/// <summary>The four switches for each verdict.</summary>
public sealed record VerdictPolicy
{
    public static VerdictPolicy Off { get; } = new()
    {
        Violating = VerdictRule.AsIs, Suspect = VerdictRule.AsIs, Unknown = VerdictRule.AsIs,
    };

    /// <summary>The default that docs/EXPERIMENTS.md starts from.</summary>
    public VerdictRule Violating { get; init; } = new(true, true, Reward: -1);

    public VerdictRule Suspect { get; init; } = VerdictRule.Removed;

    public VerdictRule Unknown { get; init; } = VerdictRule.Removed;

    public VerdictRule For(VerdictState state) => state switch
    {
        VerdictState.Violating => Violating,
        VerdictState.Suspect => Suspect,
        VerdictState.Unknown => Unknown,
        _ => VerdictRule.AsIs,
    };
}
