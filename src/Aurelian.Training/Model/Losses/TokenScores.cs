using Aurelian.Training.Model.Batches;

namespace Aurelian.Training.Model.Losses;

/// <summary>What a model thinks of chosen tokens.</summary>
/// <param name="LogProbabilities">(M), of each chosen token given all before it; with gradients.</param>
/// <param name="Entropies">(M), in nats, of the distribution that each was chosen from; without gradients.</param>
internal sealed record TokenScores(Tensor LogProbabilities, Tensor Entropies) : IDisposable
{
    /// <summary>Scores of chosen tokens. Only their rows meet the output matrix.</summary>
    /// <param name="result">Of a forward pass over the batch that the tokens were chosen from.</param>
    internal static TokenScores Of(Qwen3MoeModel model, ForwardResult result, NextTokens chosen)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor logits = model.Logits(result.Hidden.index_select(0, chosen.From.to(model.Device)));
        Tensor all = logits.log_softmax(-1); // (M, V)
        Tensor own = all.gather(-1, chosen.Ids.to(model.Device).unsqueeze(-1)).squeeze(-1);
        Tensor detached = all.detach();
        Tensor entropies = -(detached.exp() * detached).sum(-1);
        return new TokenScores(own.MoveToOuterDisposeScope(), entropies.MoveToOuterDisposeScope());
    }

    /// <summary>(M), the log-probabilities alone, with gradients.</summary>
    internal static Tensor LogProbabilitiesOf(Qwen3MoeModel model, ForwardResult result, NextTokens chosen)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor logits = model.Logits(result.Hidden.index_select(0, chosen.From.to(model.Device)));
        return logits.log_softmax(-1).gather(-1, chosen.Ids.to(model.Device).unsqueeze(-1)).squeeze(-1)
            .MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        LogProbabilities.Dispose();
        Entropies.Dispose();
    }
}
