using TorchSharp;
using static TorchSharp.torch;

namespace Aurelian.Training.Algorithms;

/// <summary>Supervised fine-tuning: L = −Σ m_k log π(c_k | s_k) / Σ m_k |c_k|.</summary>
public static class Imitation
{
    /// <param name="chunks">log π of each chunk's tokens. (T)</param>
    /// <param name="keep">m_k: false for chunks that erred or are off-task.</param>
    public static Tensor Loss(IReadOnlyList<Tensor> chunks, IReadOnlyList<bool> keep)
    {
        Tensor total = chunks[0].sum() * 0;
        long tokens = 0;
        for (int at = 0; at < chunks.Count; at++)
        {
            if (keep[at])
            {
                total = total - chunks[at].sum();
                tokens += chunks[at].shape[0];
            }
        }

        return total / Math.Max(1, tokens);
    }
}
