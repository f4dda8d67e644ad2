using TorchSharp;
using static TorchSharp.torch;

namespace Aurelian.Training.Algorithms;

/// <summary>Token- and sequence-level policy-gradient losses over a batch of episodes; each gives a scalar.</summary>
public static class PolicyLosses
{
    /// <summary>GSPO clips a whole sequence's ratio, which hardly moves (Zheng et al. 2025).</summary>
    private const double SequenceClipLow = 3e-4, SequenceClipHigh = 4e-4;

    /// <summary>−Σ A log π / all tokens.</summary>
    public static Tensor Reinforce(IReadOnlyList<LossEpisode> episodes) => Sum(episodes,
        episode => -(episode.New * episode.Advantage).sum()) / episodes.Sum(episode => episode.New.shape[0]);

    /// <summary>−Σ min(ρ A, clip(ρ) A) / all tokens (Shao et al. 2024; normalised as DAPO does).</summary>
    public static Tensor GrpoTokenMean(IReadOnlyList<LossEpisode> episodes, double clip) => Sum(episodes,
        episode => Clipped(episode, clip).sum()) / episodes.Sum(episode => episode.New.shape[0]);

    /// <summary>The same with its mean taken within each episode first, as GRPO was published.</summary>
    public static Tensor GrpoSequenceMean(IReadOnlyList<LossEpisode> episodes, double clip) => Sum(episodes,
        episode => Clipped(episode, clip).mean()) / episodes.Count;

    /// <summary>One ratio a sequence: the geometric mean of its tokens'.</summary>
    public static Tensor Gspo(IReadOnlyList<LossEpisode> episodes) => Sum(episodes, episode =>
    {
        using Tensor ratio = (episode.New - episode.Old).mean().exp();
        return Pessimistic(ratio, episode.Advantage, 1 - SequenceClipLow, 1 + SequenceClipHigh);
    }) / episodes.Count;

    private static Tensor Clipped(LossEpisode episode, double clip)
    {
        using Tensor ratio = (episode.New - episode.Old).exp();
        return Pessimistic(ratio, episode.Advantage, 1 - clip, 1 + clip);
    }

    private static Tensor Pessimistic(Tensor ratio, double advantage, double low, double high) =>
        -minimum(ratio * advantage, ratio.clamp(low, high) * advantage);

    internal static Tensor Sum(IReadOnlyList<LossEpisode> episodes, Func<LossEpisode, Tensor> one)
    {
        Tensor total = one(episodes[0]);
        for (int at = 1; at < episodes.Count; at++)
        {
            total = total + one(episodes[at]);
        }

        return total;
    }
}
