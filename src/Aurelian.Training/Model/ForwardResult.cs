using Aurelian.Training.Model.Layers;

namespace Aurelian.Training.Model;

/// <summary>What a forward pass leaves, token by token in the batch's order.</summary>
internal sealed record ForwardResult : IDisposable
{
    /// <summary>(N, H), after the final norm.</summary>
    public required Tensor Hidden { get; init; }

    /// <summary>Of each sparse layer.</summary>
    public required IReadOnlyList<Routing> Routings { get; init; }

    /// <summary>(N, H) each, if asked for: the embeddings, every layer's output; the last one after the norm.</summary>
    public IReadOnlyList<Tensor> States { get; init; } = [];

    internal ForwardResult MoveToOuter()
    {
        _ = Hidden.MoveToOuterDisposeScope();
        foreach (Routing routing in Routings)
        {
            _ = routing.MoveToOuter();
        }

        foreach (Tensor state in States.SkipLast(1))
        {
            _ = state.MoveToOuterDisposeScope();
        }

        return this;
    }

    public void Dispose()
    {
        Hidden.Dispose();
        foreach (Routing routing in Routings)
        {
            routing.Logits.Dispose();
            routing.Choices.Dispose();
            routing.Weights.Dispose();
        }

        foreach (Tensor state in States)
        {
            state.Dispose();
        }
    }
}
