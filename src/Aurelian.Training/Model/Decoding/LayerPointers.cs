using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Decoding;

/// <summary>Where one layer's numbers lie in the flat storage, which never moves and is updated in place.</summary>
internal sealed unsafe class LayerPointers
{
    internal LayerPointers(ParameterSet parameters, ModelConfig config, int layer)
    {
        string prefix = $"model.layers.{layer}.";
        IsSparse = config.IsSparse(layer);
        AttentionNorm = Of(parameters, prefix + "input_layernorm.weight");
        NetworkNorm = Of(parameters, prefix + "post_attention_layernorm.weight");
        Inward = Of(parameters, prefix + "self_attn.qkv.weight");
        InwardBias = OrNull(parameters, prefix + "self_attn.qkv.bias");
        Outward = Of(parameters, prefix + "self_attn.o_proj.weight");
        OutwardBias = OrNull(parameters, prefix + "self_attn.o_proj.bias");
        QueryNorm = Of(parameters, prefix + "self_attn.q_norm.weight");
        KeyNorm = Of(parameters, prefix + "self_attn.k_norm.weight");
        Router = IsSparse ? Of(parameters, prefix + "mlp.gate.weight") : null;
        GateUp = Of(parameters, IsSparse ? prefix + "mlp.experts.gate_up" : prefix + "mlp.gate_up");
        Down = Of(parameters, IsSparse ? prefix + "mlp.experts.down" : prefix + "mlp.down_proj.weight");
    }

    internal bool IsSparse { get; }

    internal float* AttentionNorm { get; }

    internal float* NetworkNorm { get; }

    /// <summary>(query + 2 · key width, H).</summary>
    internal float* Inward { get; }

    internal float* InwardBias { get; }

    /// <summary>(H, query width).</summary>
    internal float* Outward { get; }

    internal float* OutwardBias { get; }

    internal float* QueryNorm { get; }

    internal float* KeyNorm { get; }

    /// <summary>(E, H); null in a dense layer.</summary>
    internal float* Router { get; }

    /// <summary>(E, 2F, H), or (2I, H) in a dense layer.</summary>
    internal float* GateUp { get; }

    /// <summary>(E, H, F), or (H, I) in a dense layer.</summary>
    internal float* Down { get; }

    internal static float* Of(ParameterSet parameters, string packed) => FlatMemory.Pointer(parameters[packed]);

    private static float* OrNull(ParameterSet parameters, string packed) =>
        parameters.Find(packed) is { } tensor ? FlatMemory.Pointer(tensor) : null;
}
