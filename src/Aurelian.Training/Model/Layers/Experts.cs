using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Layers;

/// <summary>
/// The experts of one layer. Tokens are sorted by expert, each expert sees its own in one piece, and only those that
/// were chosen are computed.
/// </summary>
internal sealed class Experts(ParameterSet parameters, ModelConfig config, int layer)
{
    private readonly string _name = $"model.layers.{layer}.mlp.experts";
    private readonly Tensor _inward = parameters[$"model.layers.{layer}.mlp.experts.gate_up"]; // (E, 2F, H)
    private readonly Tensor _outward = parameters[$"model.layers.{layer}.mlp.experts.down"]; // (E, H, F)

    /// <param name="input">(N, H).</param>
    /// <returns>(N, H), the chosen experts' outputs by their weights.</returns>
    internal Tensor Forward(Tensor input, Routing routing, LoraAdapter? adapter)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        long perToken = routing.Choices.shape[1];
        Tensor flat = routing.Choices.reshape(-1); // (N · k)
        Tensor order = flat.argsort(0, false);
        long[] counts = flat.bincount(null, config.Experts).cpu().data<long>().ToArray();
        Tensor tokens = order.floor_divide(perToken);
        Tensor sorted = input.index_select(0, tokens); // (N · k, H)

        Tensor hidden = Each(sorted, counts, _inward, adapter?.Experts($"{_name}.gate_up", config.ExpertWidth));
        // Split, not narrowed twice: going backward the parts are put side by side once, not added into zeros twice.
        Tensor[] halves = hidden.split(config.ExpertWidth, 1);
        Tensor gated = halves[0].silu() * halves[1];
        Tensor output = Each(gated, counts, _outward, adapter?.Experts($"{_name}.down", config.HiddenSize));
        Tensor weighted = output * routing.Weights.reshape(-1).index_select(0, order).unsqueeze(1);
        return torch.zeros_like(input).index_add(0, tokens, weighted, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Each expert's matrix times its own tokens.</summary>
    /// <param name="sorted">(N · k, in), by expert.</param>
    /// <param name="weights">(E, out, in).</param>
    /// <returns>(N · k, out).</returns>
    private static Tensor Each(Tensor sorted, long[] counts, Tensor weights, LoraExperts? adapter)
    {
        Tensor[] matrices = weights.unbind(0);
        int[] chosen = [.. Enumerable.Range(0, counts.Length).Where(expert => counts[expert] > 0)];
        Tensor[] pieces = sorted.split([.. chosen.Select(expert => counts[expert])], 0);
        Tensor[] outputs = new Tensor[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            Tensor output = torch.nn.functional.linear(pieces[i], matrices[chosen[i]]);
            outputs[i] = adapter is null ? output : output + adapter.Delta(chosen[i], pieces[i]);
        }

        return outputs.Length == 1 ? outputs[0] : torch.cat(outputs, 0);
    }
}
