using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Layers;

/// <summary>A dense layer's SiLU-gated feed-forward network.</summary>
internal sealed class FeedForward(ParameterSet parameters, ModelConfig config, int layer)
{
    private readonly string _name = $"model.layers.{layer}.mlp";
    private readonly Tensor _inward = parameters[$"model.layers.{layer}.mlp.gate_up"]; // (2I, H)
    private readonly Tensor _outward = parameters[$"model.layers.{layer}.mlp.down_proj.weight"]; // (H, I)

    /// <param name="input">(N, H).</param>
    /// <returns>(N, H).</returns>
    internal Tensor Forward(Tensor input, LoraAdapter? adapter)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor hidden = torch.nn.functional.linear(input, _inward);
        Tensor[] halves = hidden.split(config.DenseWidth, 1);
        Tensor gate = Add(halves[0], adapter?.Delta($"{_name}.gate_proj", input));
        Tensor up = Add(halves[1], adapter?.Delta($"{_name}.up_proj", input));
        Tensor gated = gate.silu() * up;
        Tensor output = torch.nn.functional.linear(gated, _outward);
        return Add(output, adapter?.Delta($"{_name}.down_proj", gated)).MoveToOuterDisposeScope();
    }

    private static Tensor Add(Tensor output, Tensor? delta) => delta is null ? output : output + delta;
}
