using Aurelian.Events;
using Aurelian.Training.Jobs;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Gate;

/// <summary>
/// What an experiment's trainer is told in place of the verdicts: a detector that misses some and accuses others, or
/// verdicts dealt to episodes at random. Never on outside an experiment's arm that says so.
/// </summary>
internal static class ImperfectVerdicts
{
    internal static IReadOnlyList<Trajectory> Told(
        IReadOnlyList<Trajectory> batch, VerdictSettings settings, Random random)
    {
        if (settings.Shuffled)
        {
            int[] order = [.. Enumerable.Range(0, batch.Count)];
            random.Shuffle(order);
            return [.. batch.Select((each, index) => each with { Verdict = batch[order[index]].Verdict })];
        }

        return settings is { Recall: 1, FalseAlarms: 0 } ? batch : [.. batch.Select(each => each with
        {
            Verdict = each.Verdict switch
            {
                VerdictState.Violating when random.NextDouble() >= settings.Recall => VerdictState.Clean,
                VerdictState.Clean when random.NextDouble() < settings.FalseAlarms => VerdictState.Violating,
                _ => each.Verdict,
            },
        })];
    }
}
