namespace Aurelian.Training.Model.Layers;

/// <summary>
/// Rotary positions (RoFormer, arXiv 2104.09864), the two halves of a head as pairs, over the full head.
/// </summary>
internal sealed class Rotary(int headSize, double theta, torch.Device device) : IDisposable
{
    private Tensor? _cosines;
    private Tensor? _sines;

    /// <summary>Cosines and sines for a stream of tokens, each (N, 1, D).</summary>
    /// <param name="positionsMax">One more than the largest position.</param>
    internal (Tensor Cosines, Tensor Sines) At(Tensor positions, int positionsMax)
    {
        if (_cosines is null || _cosines.shape[0] < positionsMax)
        {
            Grow(Math.Max(256, positionsMax + (positionsMax / 2)));
        }

        return (_cosines!.index_select(0, positions).unsqueeze(1), _sines!.index_select(0, positions).unsqueeze(1));
    }

    /// <param name="heads">(N, heads, D).</param>
    internal static Tensor Turn(Tensor heads, Tensor cosines, Tensor sines)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        long half = heads.shape[^1] / 2;
        Tensor swapped = torch.cat([-heads.narrow(-1, half, half), heads.narrow(-1, 0, half)], -1);
        return torch.addcmul(heads * cosines, swapped, sines, 1).MoveToOuterDisposeScope();
    }

    private void Grow(int positions)
    {
        // In 32 bits, step by step as the reference computes them.
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor exponents = torch.arange(0, headSize, 2, torch.float32) / (double)headSize;
        Tensor frequencies = torch.pow(theta, exponents).reciprocal();
        Tensor angles = torch.outer(torch.arange(positions, torch.float32), frequencies);
        Tensor both = torch.cat([angles, angles], -1);
        Dispose();
        _cosines = both.cos().to(device).DetachFromDisposeScope();
        _sines = both.sin().to(device).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _cosines?.Dispose();
        _sines?.Dispose();
    }
}
