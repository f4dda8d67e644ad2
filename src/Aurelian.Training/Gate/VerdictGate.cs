using Aurelian.Events;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Gate;

/// <summary>An episode after the gate: what it may teach, and with which advantage.</summary>
public sealed record GatedEpisode(Trajectory Trajectory, double Reward, bool Learns, bool Counts, double Advantage);

/// <param name="Kept">Episodes that may teach, advantages within their groups.</param>
/// <param name="Removed">Left out, for the report: by task and reward, since a gate can bias a policy.</param>
/// <param name="Dropped">Groups given up, each with its reason.</param>
public sealed record GatedBatch(
    IReadOnlyList<GatedEpisode> Kept, IReadOnlyList<Trajectory> Removed, IReadOnlyList<string> Dropped);

/// <summary>
/// No tainted episode teaches: applies the verdict switches to a batch, and takes group statistics again without what
/// was removed.
/// </summary>
/// <remarks>
/// Covers: verdicts as they are at the step. A verdict that changes later is the taint ledger's. An episode without a
/// reward (its sandbox died, its policy failed) is removed whatever the switches say: it is not a reward of 0.
/// </remarks>
public static class VerdictGate
{
    /// <summary>Of one group: where more was removed and could not be replaced, the group says little.</summary>
    public const double RemovedShareMax = 0.5;

    /// <param name="reward">The job's reward of an episode; null where none can be said.</param>
    /// <param name="advantages">Of one group's rewards.</param>
    public static GatedBatch Apply(
        IEnumerable<Trajectory> batch, VerdictPolicy policy, Func<Trajectory, double?> reward,
        Func<IReadOnlyList<double>, double[]> advantages, int groupSize)
    {
        List<GatedEpisode> kept = [];
        List<Trajectory> removed = [];
        List<string> dropped = [];
        foreach (IGrouping<int, Trajectory> group in batch.GroupBy(each => each.Group).OrderBy(each => each.Key))
        {
            List<GatedEpisode> members = [];
            foreach (Trajectory each in group)
            {
                if (Judge(each, policy, reward) is { } member)
                {
                    members.Add(member);
                }
                else
                {
                    removed.Add(each);
                }
            }

            if (members.Count < groupSize * (1 - RemovedShareMax) || members.Count < 2)
            {
                dropped.Add($"{group.First().Task}: {members.Count} of {groupSize} episodes left");
                removed.AddRange(members.Select(member => member.Trajectory));
                continue;
            }

            kept.AddRange(WithAdvantages(members, advantages));
        }

        return new GatedBatch(kept, removed, dropped);
    }

    /// <summary>Whether an episode would be removed: then another is rolled out in its place.</summary>
    public static bool Removes(Trajectory each, VerdictPolicy policy, Func<Trajectory, double?> reward) =>
        Judge(each, policy, reward) is null;

    private static GatedEpisode? Judge(Trajectory each, VerdictPolicy policy, Func<Trajectory, double?> reward)
    {
        // At the deadline a verdict that is not final is unknown.
        VerdictRule rule = policy.For(each.Final ? each.Verdict : VerdictState.Unknown);
        double? earned = rule.Reward ?? reward(each);
        return rule.IsRemoved || earned is null || each.SampledTokens == 0
            ? null
            : new GatedEpisode(each, earned.Value, rule.Learns, rule.Counts, 0);
    }

    private static IEnumerable<GatedEpisode> WithAdvantages(
        List<GatedEpisode> members, Func<IReadOnlyList<double>, double[]> advantages)
    {
        GatedEpisode[] counted = [.. members.Where(member => member.Counts)];
        double[] own = counted.Length > 0 ? advantages([.. counted.Select(member => member.Reward)]) : [];
        for (int at = 0; at < counted.Length; at++)
        {
            yield return counted[at] with { Advantage = own[at] };
        }

        // Taught, though not in the baseline: measured against the others' statistics, as one more of them.
        foreach (GatedEpisode member in members.Where(member => !member.Counts))
        {
            double[] all = advantages([.. counted.Select(each => each.Reward), member.Reward]);
            yield return member with { Advantage = all[^1] };
        }
    }
}
