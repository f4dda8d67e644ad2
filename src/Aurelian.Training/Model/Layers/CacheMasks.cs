using Aurelian.Training.Model.Batches;

namespace Aurelian.Training.Model.Layers;

/// <summary>Which cached tokens a query may look at: those up to its own position.</summary>
internal static class CacheMasks
{
    /// <returns>(B, 1, group · T, L), 0 or −∞; where there is no token, the query looks at the first one.</returns>
    internal static Tensor Of(TokenBatch batch, int length, int group)
    {
        int width = batch.LongestLength;
        float[] mask = new float[(long)batch.Rows * width * length];
        for (int row = 0; row < batch.Rows; row++)
        {
            for (int i = 0; i < width; i++)
            {
                int seen = i < batch.Lengths[row] ? batch.Starts[row] + i + 1 : 1;
                mask.AsSpan((((row * width) + i) * length) + seen, length - seen).Fill(float.NegativeInfinity);
            }
        }

        using DisposeScope scope = torch.NewDisposeScope();
        return torch.tensor(mask, [batch.Rows, 1, width, length]).repeat(1, 1, group, 1).MoveToOuterDisposeScope();
    }
}
