using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Layers;

/// <summary>Which experts a layer's tokens go to.</summary>
/// <param name="Logits">(N, E).</param>
/// <param name="Choices">(N, k), by descending weight.</param>
/// <param name="Weights">(N, k).</param>
internal readonly record struct Routing(Tensor Logits, Tensor Choices, Tensor Weights)
{
    internal Routing MoveToOuter() => new(
        Logits.MoveToOuterDisposeScope(), Choices.MoveToOuterDisposeScope(), Weights.MoveToOuterDisposeScope());
}

/// <summary>Softmax over all experts, then the k largest, then (if the config says so) scaled to sum to one.</summary>
internal sealed class Router(ParameterSet parameters, ModelConfig config, int layer)
{
    private readonly Tensor _gate = parameters[$"model.layers.{layer}.mlp.gate.weight"];

    /// <param name="input">(N, H).</param>
    /// <param name="replayed">(N, k), choices recorded earlier that are used again; null chooses anew.</param>
    internal Routing Forward(Tensor input, Tensor? replayed)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor logits = torch.nn.functional.linear(input, _gate);
        Tensor probabilities = logits.softmax(-1);
        Tensor choices = replayed ?? probabilities.detach().topk(config.ExpertsPerToken, -1, true, true).indexes;
        Tensor weights = probabilities.gather(-1, choices);
        if (config.NormaliseExpertWeights)
        {
            weights = weights / weights.sum(-1, keepdim: true);
        }

        return new Routing(logits, replayed is null ? choices : choices.alias(), weights).MoveToOuter();
    }
}
