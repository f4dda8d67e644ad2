using Aurelian.Training;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.TrainingTests.Model;

public sealed class ModelConfigTests
{
    /// <summary>As Qwen3-30B-A3B publishes it.</summary>
    private const string Published = """
        {
          "architectures": ["Qwen3MoeForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
          "bos_token_id": 151643, "decoder_sparse_step": 1, "eos_token_id": 151645, "head_dim": 128,
          "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 6144,
          "max_position_embeddings": 40960, "max_window_layers": 48, "mlp_only_layers": [],
          "model_type": "qwen3_moe", "moe_intermediate_size": 768, "norm_topk_prob": true,
          "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48,
          "num_key_value_heads": 4, "output_router_logits": false, "rms_norm_eps": 1e-06, "rope_scaling": null,
          "rope_theta": 1000000.0, "router_aux_loss_coef": 0.001, "sliding_window": null,
          "tie_word_embeddings": false, "torch_dtype": "bfloat16", "transformers_version": "4.51.0",
          "use_cache": true, "use_sliding_window": false, "vocab_size": 151936
        }
        """;

    private static ModelConfig Read(string json) => ModelConfigReader.Read(json, "config.json");

    private static string Refusal(string from, string to) =>
        Assert.Throws<TrainingException>(() => Read(Published.Replace(from, to, StringComparison.Ordinal))).Message;

    [Fact]
    public void Qwen3_30B_A3B_has_as_many_parameters_as_published()
    {
        ModelConfig config = Read(Published);

        Assert.Equal(30_532_122_624, TensorCatalogue.Parameters(config));
        Assert.Equal(3_353_032_704, TensorCatalogue.ActiveParameters(config));
        Assert.Equal(98_304, TensorCatalogue.CacheBytesPerToken(config));
    }

    [Fact]
    public void Both_layouts_mean_the_same()
    {
        string newer = Published.Replace("\"num_experts\"", "\"num_local_experts\"", StringComparison.Ordinal)
            .Replace("\"torch_dtype\"", "\"dtype\"", StringComparison.Ordinal)
            .Replace("\"rope_scaling\": null", "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 1e6}",
                StringComparison.Ordinal)
            .Replace("\"rope_theta\": 1000000.0, ", "", StringComparison.Ordinal);

        Assert.Equivalent(Read(Published), Read(newer), strict: true);
    }

    [Theory]
    [InlineData("\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0}", "rope_type")]
    [InlineData("\"rope_scaling\": null", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}", "factor")]
    [InlineData("\"sliding_window\": null", "\"sliding_window\": 4096", "use_sliding_window")]
    [InlineData("\"silu\"", "\"gelu\"", "hidden_act")]
    [InlineData("\"attention_dropout\": 0.0", "\"attention_dropout\": 0.1", "attention_dropout")]
    [InlineData("qwen3_moe", "mixtral", "model_type")]
    [InlineData("\"bfloat16\"", "\"int8\"", "dtype")]
    [InlineData("\"use_cache\": true", "\"shared_expert_intermediate_size\": 5632", "shared_expert_intermediate_size")]
    [InlineData("\"norm_topk_prob\": true,", "", "norm_topk_prob")]
    [InlineData("\"num_experts_per_tok\": 8", "\"num_experts_per_tok\": 129", "num_experts_per_tok")]
    [InlineData("\"num_key_value_heads\": 4", "\"num_key_value_heads\": 5", "num_attention_heads")]
    [InlineData("\"hidden_size\": 2048", "\"hidden_size\": \"wide\"", "hidden_size")]
    [InlineData("\"mlp_only_layers\": []", "\"mlp_only_layers\": [48]", "mlp_only_layers")]
    public void What_is_not_understood_is_refused_by_name(string from, string to, string name)
    {
        string changed = to.Contains("sliding", StringComparison.Ordinal)
            ? Published.Replace("_window\": false", "_window\": true", StringComparison.Ordinal)
            : Published;

        string message = Assert.Throws<TrainingException>(
            () => Read(changed.Replace(from, to, StringComparison.Ordinal))).Message;

        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        string message = Refusal(
            "\"vocab_size\": 151936", "\"vocab_size\": 0, \"colour\": \"red\", \"hidden_size\": -1");

        Assert.Contains("vocab_size", message, StringComparison.Ordinal);
        Assert.Contains("colour", message, StringComparison.Ordinal);
        Assert.Contains("hidden_size", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_is_sparse_by_its_step_and_its_exceptions()
    {
        ModelConfig config = Read(Published) with { SparseStep = 2, DenseLayers = [3] };

        Assert.Equal([false, true, false, false, false, true], Enumerable.Range(0, 6).Select(config.IsSparse));
    }
}
