using System.Text.Json;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Checkpoints;

/// <summary>Writes <c>config.json</c> in the layout of published folders, which every reader understands.</summary>
internal static class ConfigWriter
{
    internal static void Write(string folder, ModelConfig config) => WriteWhole(
        Path.Combine(folder, ModelConfigReader.FileName), JsonSerializer.Serialize(Keys(config), JsonText.Indented));

    internal static void WriteIndex(
        string folder, SortedDictionary<string, string> map, long parameters, long bytes) => WriteWhole(
        Path.Combine(folder, CheckpointFolder.IndexFile),
        JsonSerializer.Serialize(
            new { metadata = new { total_parameters = parameters, total_size = bytes }, weight_map = map },
            JsonText.Indented));

    /// <summary>Under another name first: a reader never sees half of it.</summary>
    internal static void WriteWhole(string path, string text)
    {
        string partial = $"{path}.partial";
        File.WriteAllText(partial, text + "\n");
        File.Move(partial, path, overwrite: true);
    }

    private static SortedDictionary<string, object?> Keys(ModelConfig config) => new(StringComparer.Ordinal)
    {
        ["architectures"] = new[] { "Qwen3MoeForCausalLM" },
        ["attention_bias"] = config.AttentionBias,
        ["attention_dropout"] = 0.0,
        ["decoder_sparse_step"] = config.SparseStep,
        ["eos_token_id"] = config.EndTokens.Count switch
        {
            0 => null, 1 => config.EndTokens[0], _ => config.EndTokens,
        },
        ["head_dim"] = config.HeadSize,
        ["hidden_act"] = "silu",
        ["hidden_size"] = config.HiddenSize,
        ["initializer_range"] = config.InitialDeviation,
        ["intermediate_size"] = config.DenseWidth,
        ["max_position_embeddings"] = config.PositionsMax,
        ["mlp_only_layers"] = config.DenseLayers,
        ["model_type"] = "qwen3_moe",
        ["moe_intermediate_size"] = config.ExpertWidth,
        ["norm_topk_prob"] = config.NormaliseExpertWeights,
        ["num_attention_heads"] = config.QueryHeads,
        ["num_experts"] = config.Experts,
        ["num_experts_per_tok"] = config.ExpertsPerToken,
        ["num_hidden_layers"] = config.Layers,
        ["num_key_value_heads"] = config.KeyValueHeads,
        ["pad_token_id"] = config.PadToken,
        ["rms_norm_eps"] = config.NormEpsilon,
        ["rope_scaling"] = null,
        ["rope_theta"] = config.RopeTheta,
        ["router_aux_loss_coef"] = config.RouterLossCoefficient,
        ["sliding_window"] = null,
        ["tie_word_embeddings"] = config.TiedEmbeddings,
        ["torch_dtype"] = config.StoredAs.ToString().ToLowerInvariant(),
        ["transformers_version"] = "4.51.0",
        ["use_cache"] = true,
        ["use_sliding_window"] = false,
        ["vocab_size"] = config.VocabularySize,
    };
}
