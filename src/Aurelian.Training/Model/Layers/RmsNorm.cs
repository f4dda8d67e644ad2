namespace Aurelian.Training.Model.Layers;

/// <summary>Root-mean-square normalisation over the last dimension (arXiv 1910.07467).</summary>
internal static class RmsNorm
{
    /// <param name="input">(…, C).</param>
    /// <param name="weight">(C), or anything that broadcasts against the input.</param>
    internal static Tensor Apply(Tensor input, Tensor weight, double epsilon)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor inverse = input.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_();
        return (input * inverse).mul(weight).MoveToOuterDisposeScope();
    }
}
