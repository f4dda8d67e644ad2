using Aurelian.Training.Algorithms;
using Aurelian.Training.Engines;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Learning;

/// <param name="Loss">Of the whole batch, router loss left out.</param>
/// <param name="GradientNorm">Before clipping; null where the engine does not say it.</param>
/// <param name="ChunksKept">Share of chunks whose sampler was near enough to the trainer.</param>
/// <param name="Mismatch">Mean |log π_old − log μ_old| of the sampled tokens.</param>
internal sealed record LearningResult(double Loss, double? GradientNorm, double ChunksKept, double Mismatch);

/// <summary>Turns a gated batch into one update of the model.</summary>
internal sealed class Learner(IEngine engine, AlgorithmSettings settings)
{
    /// <summary>Episodes of one forward and backward pass; gradients add up over them.</summary>
    internal const int EpisodesAtOnce = 32;

    /// <summary>Null: the loss or its gradient is no finite number; the weights are as they were.</summary>
    internal async Task<LearningResult?> UpdateAsync(
        IReadOnlyList<GatedEpisode> batch, double learningRate, CancellationToken cancellationToken)
    {
        GatedEpisode[] taught = [.. batch.Where(each => each.Learns)];
        Tally tally = new(taught.Sum(each => Own(each.Trajectory).Tokens), taught.Length);
        EngineUpdate? update = await engine.UpdateAsync(
            [.. taught.Chunk(EpisodesAtOnce).Select(part => LessonOf(part, tally))], learningRate, cancellationToken)
            .ConfigureAwait(false);
        return update is null ? null : new LearningResult(
            update.Loss, update.GradientNorm, tally.ChunksKept / (double)Math.Max(1, tally.Chunks),
            tally.Mismatch / Math.Max(1, tally.Tokens));
    }

    private Lesson LessonOf(GatedEpisode[] part, Tally tally) => new(
        [.. part.Select(each => each.Trajectory.Ids)],
        (row, at) => IsSampled(part[row].Trajectory, at),
        scores =>
        {
            List<LossEpisode> episodes = [];
            List<Tensor> prefixes = [];
            long at = 0;
            foreach (GatedEpisode each in part)
            {
                at = Split(each, scores, at, episodes, prefixes, tally);
            }

            return Loss(episodes, prefixes, tally);
        },
        part.Length / (double)tally.Episodes, settings.Temperature);

    /// <summary>An episode's own stretch of the batch's scores; its expert prefix goes to imitation.</summary>
    private long Split(
        GatedEpisode each, Tensor scores, long at, List<LossEpisode> episodes, List<Tensor> prefixes, Tally tally)
    {
        Trajectory trajectory = each.Trajectory;
        (int[] chunks, int tokens, int prefix) = Own(trajectory);
        if (prefix > 0)
        {
            prefixes.Add(scores.narrow(0, at, prefix));
        }

        if (tokens == 0)
        {
            return at + prefix;
        }

        Tensor now = scores.narrow(0, at + prefix, tokens);
        Tensor inference = torch.tensor(
            trajectory.LogProbs.AsSpan(prefix).ToArray(), torch.float32, scores.device);
        // Without a gap in versions these weights are the ones that sampled; with one, what the sampler said has to do.
        Tensor old = settings.VersionGapMax == 0 ? now.detach() : inference;
        LossEpisode episode = new(now, old, inference, chunks, each.Advantage);
        tally.Mismatch += (old - inference).abs().sum().to(torch.float64).item<double>();
        tally.Chunks += chunks.Length;
        tally.ChunksKept += Ipa.CountKept(episode, settings.Ipa);
        episodes.Add(episode);
        return at + prefix + tokens;
    }

    private Tensor Loss(List<LossEpisode> episodes, List<Tensor> prefixes, Tally tally)
    {
        if (episodes.Count == 0)
        {
            return settings.Ipa.ImitationWeight * Imitation.Loss(prefixes, [.. prefixes.Select(_ => true)]);
        }

        double tokens = episodes.Sum(episode => episode.New.shape[0]) / (double)tally.Tokens;
        double share = episodes.Count / (double)tally.Episodes;
        return settings.Name switch
        {
            // The paper's plain sum, over the number of episodes: a step's size does not hang on the batch's.
            "ipa" => Ipa.Hybrid(prefixes, episodes, settings.Ipa) / tally.Episodes,
            "grpo" => PolicyLosses.GrpoTokenMean(episodes, settings.Clip) * tokens,
            "gspo" => PolicyLosses.Gspo(episodes) * share,
            _ => PolicyLosses.Reinforce(episodes) * tokens,
        };
    }

    /// <summary>What the policy itself sampled, after an expert's prefix.</summary>
    private static (int[] Chunks, int Tokens, int Prefix) Own(Trajectory trajectory)
    {
        int prefix = trajectory.Chunks.Take(trajectory.PrefixChunks).Sum(chunk => chunk.Length);
        int[] own = [.. trajectory.Chunks.Skip(trajectory.PrefixChunks).Select(chunk => chunk.Length)];
        return (own, own.Sum(), prefix);
    }

    private static bool IsSampled(Trajectory trajectory, int at) =>
        Array.Exists(trajectory.Chunks, chunk => at >= chunk.Start && at < chunk.Start + chunk.Length);

    private sealed class Tally(int tokens, int episodes)
    {
        internal int Tokens => tokens;

        internal int Episodes => episodes;

        internal double Mismatch { get; set; }

        internal int Chunks { get; set; }

        internal int ChunksKept { get; set; }
    }
}
