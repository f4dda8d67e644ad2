using TorchSharp;
using static TorchSharp.torch;

namespace Aurelian.Training.Algorithms;

/// <summary>Numbers of IPA that its paper leaves open; stand-ins are ROLL's.</summary>
/// <param name="Gamma">γ: how much less an earlier chunk answers for the end, 0 to 1.</param>
/// <param name="MismatchMax">H: a chunk whose sampler strayed further from the trainer is left out.</param>
/// <param name="ImitationWeight">λ_IL of the hybrid loss.</param>
/// <param name="ReinforcementWeight">λ_RL of the hybrid loss.</param>
public sealed record IpaSettings(
    double Gamma = 0.95, double MismatchMax = 1.2, double ImitationWeight = 1, double ReinforcementWeight = 1);

/// <summary>
/// Interaction-perceptive agentic policy optimisation (arXiv 2512.24873, §3.2.4). A chunk is what a policy says between
/// two of the environment's answers, and the unit of credit: all its tokens share one return, and one ratio.
/// </summary>
public static class Ipa
{
    /// <summary>G_k = γ^(K−k) R_final for k = 1…K (7): the last chunk decides by default.</summary>
    /// <param name="deciding">Index of the chunk that decided, from 0; later ones share its return.</param>
    public static double[] ChunkReturns(int chunks, double final, double gamma, int? deciding = null)
    {
        int last = deciding ?? chunks - 1;
        return [.. Enumerable.Range(0, chunks).Select(k => Math.Pow(gamma, Math.Max(0, last - k)) * final)];
    }

    /// <summary>
    /// Loss (9), a plain sum over chunks: −w G m Σ log π, where w is 1 for G &gt; 0 (weighted likelihood, no ratio) and
    /// the chunk's ratio clipped to [0, 1], without gradient, for the others; m drops chunks whose sampler strayed (8).
    /// </summary>
    public static Tensor Loss(IReadOnlyList<LossEpisode> episodes, IpaSettings settings) =>
        PolicyLosses.Sum(episodes, episode => EpisodeLoss(episode, settings));

    /// <summary>Loss (10): imitation of expert prefixes beside reinforcement of what followed them.</summary>
    /// <param name="prefixes">log π of the experts' tokens, one tensor each. (T)</param>
    public static Tensor Hybrid(
        IReadOnlyList<Tensor> prefixes, IReadOnlyList<LossEpisode> continuations, IpaSettings settings)
    {
        Tensor loss = settings.ReinforcementWeight * Loss(continuations, settings);
        return prefixes.Count == 0
            ? loss
            : loss + settings.ImitationWeight * Imitation.Loss(prefixes, [.. prefixes.Select(_ => true)]);
    }

    /// <summary>Chunks that the mask of (8) keeps, for the metrics.</summary>
    public static int CountKept(LossEpisode episode, IpaSettings settings) =>
        Chunks(episode).Count(chunk => IsKept(episode, chunk.Start, chunk.Length, settings.MismatchMax));

    private static Tensor EpisodeLoss(LossEpisode episode, IpaSettings settings)
    {
        double[] returns = ChunkReturns(episode.Chunks.Count, episode.Advantage, settings.Gamma);
        // A chunk that is dropped adds nothing; the sum still hangs on the graph.
        Tensor total = episode.New.sum() * 0;
        foreach ((int index, int start, int length) in Chunks(episode))
        {
            if (!IsKept(episode, start, length, settings.MismatchMax))
            {
                continue;
            }

            using Tensor chunk = episode.New.narrow(0, start, length);
            double weight = returns[index] > 0 ? 1 : Math.Min(1, Ratio(chunk, episode.Old.narrow(0, start, length)));
            total = total - weight * returns[index] * chunk.sum();
        }

        return total;
    }

    private static bool IsKept(LossEpisode episode, int start, int length, double most) => Ratio(
        episode.Old.narrow(0, start, length), episode.Inference.narrow(0, start, length)) <= most;

    /// <summary>Geometric mean of the tokens' ratios, as a number: no gradient flows through it.</summary>
    private static double Ratio(Tensor above, Tensor below)
    {
        using IDisposable none = no_grad();
        using Tensor ratio = (above - below).mean().exp().to_type(ScalarType.Float64);
        return ratio.item<double>();
    }

    private static IEnumerable<(int Index, int Start, int Length)> Chunks(LossEpisode episode)
    {
        int start = 0;
        for (int index = 0; index < episode.Chunks.Count; index++)
        {
            yield return (index, start, episode.Chunks[index]);
            start += episode.Chunks[index];
        }
    }
}
