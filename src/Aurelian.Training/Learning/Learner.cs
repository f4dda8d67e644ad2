using Aurelian.Training.Algorithms;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Learning;

/// <param name="Loss">Of the whole batch, router loss left out.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="ChunksKept">Share of chunks whose sampler was near enough to the trainer.</param>
/// <param name="Mismatch">Mean |log π_old − log μ_old| of the sampled tokens.</param>
internal sealed record LearningResult(double Loss, double GradientNorm, double ChunksKept, double Mismatch);

/// <summary>Turns a gated batch into one update of the model.</summary>
internal sealed class Learner(Qwen3MoeModel model, AdamW optimiser, AlgorithmSettings settings)
{
    /// <summary>Episodes of one forward and backward pass; gradients add up over them.</summary>
    internal const int EpisodesAtOnce = 32;

    /// <summary>Null: the loss or its gradient is no finite number; the weights are as they were.</summary>
    internal LearningResult? Update(IReadOnlyList<GatedEpisode> batch, double learningRate)
    {
        GatedEpisode[] taught = [.. batch.Where(each => each.Learns)];
        model.Parameters.ZeroGradients();
        Tally tally = new(taught.Sum(each => Own(each.Trajectory).Tokens), taught.Length);
        foreach (GatedEpisode[] part in taught.Chunk(EpisodesAtOnce))
        {
            Backward(part, tally);
        }

        using Tensor norm = model.Parameters.Gradients!.norm();
        if (!double.IsFinite(tally.Loss) || !float.IsFinite(norm.item<float>()))
        {
            model.Parameters.ZeroGradients();
            return null;
        }

        double before = optimiser.Step(learningRate);
        return new LearningResult(tally.Loss, before, tally.ChunksKept / (double)Math.Max(1, tally.Chunks),
            tally.Mismatch / Math.Max(1, tally.Tokens));
    }

    private void Backward(GatedEpisode[] part, Tally tally)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        int[][] sequences = [.. part.Select(each => each.Trajectory.Ids)];
        using TokenBatch batch = TokenBatch.Of(sequences);
        using NextTokens chosen = NextTokens.Choose(sequences, (row, at) => IsSampled(part[row].Trajectory, at));
        ForwardResult result = model.Forward(batch);
        ForwardResult scaled = settings.Temperature == 1 ? result
            : result with { Hidden = result.Hidden / settings.Temperature };
        TokenScores scores = TokenScores.Of(model, scaled, chosen);
        List<LossEpisode> episodes = [];
        List<Tensor> prefixes = [];
        long at = 0;
        foreach (GatedEpisode each in part)
        {
            at = Split(each, scores.LogProbabilities, at, episodes, prefixes, tally);
        }

        Tensor loss = Loss(episodes, prefixes, tally);
        tally.Loss += loss.detach().to(torch.float64).item<double>();
        Tensor total = settings.RouterLoss > 0 && RouterLoss.Of(result, model.Config) is { } router
            ? loss + (router * settings.RouterLoss * part.Length / tally.Episodes)
            : loss;
        total.backward();
    }

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
        Tensor inference = torch.tensor(trajectory.LogProbs.AsSpan(prefix).ToArray()).to(torch.float32);
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

        internal double Loss { get; set; }

        internal double Mismatch { get; set; }

        internal int Chunks { get; set; }

        internal int ChunksKept { get; set; }
    }
}
