using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Layers;

namespace Aurelian.Training.Model.Losses;

/// <summary>
/// Load balancing (Switch Transformers, arXiv 2101.03961, eq. 4): E · Σ f_i · P_i, where f_i is the share of tokens
/// sent to expert i (all k choices counted, so that Σ f = k) and P_i its mean probability, both over the tokens of all
/// sparse layers pooled.
/// </summary>
internal static class RouterLoss
{
    /// <returns>A scalar; null where no layer is sparse.</returns>
    internal static Tensor? Of(ForwardResult result, ModelConfig config)
    {
        if (result.Routings.Count == 0)
        {
            return null;
        }

        using DisposeScope scope = torch.NewDisposeScope();
        Tensor logits = torch.cat([.. result.Routings.Select(routing => routing.Logits)], 0);
        Tensor choices = torch.cat([.. result.Routings.Select(routing => routing.Choices)], 0);
        Tensor shares = choices.reshape(-1).bincount(null, config.Experts).to(torch.float32) / (double)choices.shape[0];
        Tensor means = logits.softmax(-1).mean([0]);
        return ((shares * means).sum() * config.Experts).MoveToOuterDisposeScope();
    }
}
