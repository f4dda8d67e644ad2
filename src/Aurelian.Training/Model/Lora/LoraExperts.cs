namespace Aurelian.Training.Model.Lora;

/// <summary>The adapters of one layer's experts: for each part of the packed matrix A and B of every expert.</summary>
/// <param name="Parts">Null for a part without adapters.</param>
/// <param name="Width">Outputs of one part.</param>
internal sealed record LoraExperts(IReadOnlyList<(Tensor[] A, Tensor[] B)?> Parts, double Scale, long Width)
{
    /// <summary>What an expert's adapters add, (n, parts · width).</summary>
    /// <param name="input">(n, in), the expert's tokens.</param>
    internal Tensor Delta(int expert, Tensor input)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor[] deltas = [.. Parts.Select(part => part is { } pair
            ? torch.nn.functional.linear(
                torch.nn.functional.linear(input, pair.A[expert]) * Scale, pair.B[expert])
            : torch.zeros(input.shape[0], Width))];
        return (deltas.Length == 1 ? deltas[0] : torch.cat(deltas, 1)).MoveToOuterDisposeScope();
    }
}
