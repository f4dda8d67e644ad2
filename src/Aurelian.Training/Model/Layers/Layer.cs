using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Layers;

/// <summary>One layer: attention, then a feed-forward network, each behind a norm and added to its input.</summary>
internal sealed class Layer
{
    private readonly Attention _attention;
    private readonly FeedForward? _dense;
    private readonly Router? _router;
    private readonly Experts? _experts;
    private readonly Tensor _attentionNorm;
    private readonly Tensor _networkNorm;
    private readonly double _epsilon;

    internal Layer(ParameterSet parameters, ModelConfig config, int layer)
    {
        _epsilon = config.NormEpsilon;
        _attentionNorm = parameters[$"model.layers.{layer}.input_layernorm.weight"];
        _networkNorm = parameters[$"model.layers.{layer}.post_attention_layernorm.weight"];
        _attention = new Attention(parameters, config, layer);
        if (config.IsSparse(layer))
        {
            _router = new Router(parameters, config, layer);
            _experts = new Experts(parameters, config, layer);
        }
        else
        {
            _dense = new FeedForward(parameters, config, layer);
        }
    }

    internal bool IsSparse => _router is not null;

    /// <param name="input">(N, H).</param>
    /// <param name="replayed">(N, k), expert choices that are used again.</param>
    internal (Tensor Output, Routing? Routing) Forward(Tensor input, ForwardPass pass, Tensor? replayed)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor attended = input + _attention.Forward(RmsNorm.Apply(input, _attentionNorm, _epsilon), pass);
        Tensor normed = RmsNorm.Apply(attended, _networkNorm, _epsilon);
        if (_router is null)
        {
            return ((attended + _dense!.Forward(normed, pass.Adapter)).MoveToOuterDisposeScope(), null);
        }

        Routing routing = _router.Forward(normed, replayed);
        Tensor output = attended + _experts!.Forward(normed, routing, pass.Adapter);
        return (output.MoveToOuterDisposeScope(), routing.MoveToOuter());
    }
}
