using System.Text.Json;

namespace Aurelian.Training.Model.Configuration;

/// <summary>
/// Reads <c>config.json</c> in both layouts: as published folders write it (<c>num_experts</c>, <c>rope_theta</c>) and
/// as transformers 5 does (<c>num_local_experts</c>, <c>rope_parameters</c>). Every key is honoured or refused by name.
/// </summary>
internal static class ModelConfigReader
{
    internal const string FileName = "config.json";

    private const string Architecture = "Qwen3MoeForCausalLM";

    /// <summary>Keys that change what a library returns or remembers, not a number.</summary>
    private static readonly string[] WithoutEffect =
    [
        "_name_or_path", "_attn_implementation", "bos_token_id", "chunk_size_feed_forward", "id2label", "is_decoder",
        "is_encoder_decoder", "label2id", "output_attentions", "output_hidden_states", "output_router_logits",
        "return_dict", "transformers_version", "use_cache",
    ];

    internal static ModelConfig ReadFolder(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw TrainingException.BadInput(
                $"{file}: no such file; name a Hugging Face folder with {FileName} and safetensors");
        }

        return Read(File.ReadAllText(file), file);
    }

    /// <param name="file">Named in every message.</param>
    internal static ModelConfig Read(string json, string file)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw TrainingException.BadInput($"{file}: is no JSON: {exception.Message}");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw TrainingException.BadInput($"{file}: an object is wanted");
        }

        ConfigSettings settings = new(root, file);
        ModelConfig config = ReadFields(settings);
        RefuseWhatWeCannot(settings, config);
        settings.Ignore(WithoutEffect);
        settings.RefuseTheRest();
        if (settings.Mistakes.Count == 0)
        {
            RefuseContradictions(settings, config);
        }

        return settings.Mistakes.Count == 0 ? config : throw TrainingException.BadInput(settings.Mistakes);
    }

    private static ModelConfig ReadFields(ConfigSettings settings)
    {
        int hidden = settings.Integer("hidden_size");
        int heads = settings.Integer("num_attention_heads");
        int experts = settings.Integer(["num_experts", "num_local_experts"], least: 0);
        return new ModelConfig
        {
            VocabularySize = settings.Integer("vocab_size"),
            HiddenSize = hidden,
            Layers = settings.Integer("num_hidden_layers"),
            QueryHeads = heads,
            KeyValueHeads = settings.Integer("num_key_value_heads"),
            HeadSize = settings.Integer("head_dim", absent: Math.Max(1, hidden / Math.Max(1, heads))),
            DenseWidth = settings.Integer("intermediate_size"),
            Experts = experts,
            ExpertsPerToken = settings.Integer("num_experts_per_tok"),
            ExpertWidth = settings.Integer("moe_intermediate_size"),
            NormaliseExpertWeights = settings.Flag("norm_topk_prob"),
            SparseStep = settings.Integer("decoder_sparse_step"),
            DenseLayers = settings.Integers("mlp_only_layers"),
            RouterLossCoefficient = settings.Number("router_aux_loss_coef"),
            NormEpsilon = settings.Number("rms_norm_eps"),
            RopeTheta = ReadRope(settings),
            AttentionBias = settings.Flag("attention_bias", absent: false),
            TiedEmbeddings = settings.Flag("tie_word_embeddings", absent: false),
            PositionsMax = settings.Integer("max_position_embeddings"),
            InitialDeviation = settings.Number("initializer_range", absent: 0.02),
            StoredAs = ReadType(settings),
            EndTokens = settings.Integers("eos_token_id"),
            PadToken = settings.Integers("pad_token_id") is [int pad, ..] ? pad : null,
        };
    }

    private static double ReadRope(ConfigSettings settings)
    {
        double? theta = settings.Take("rope_theta") is { ValueKind: JsonValueKind.Number } value
            ? value.GetDouble() : null;
        foreach (string key in new[] { "rope_parameters", "rope_scaling" })
        {
            if (settings.Take(key) is not { } rope)
            {
                continue;
            }

            if (rope.ValueKind != JsonValueKind.Object)
            {
                settings.Refuse(key, "an object is wanted");
                continue;
            }

            foreach (JsonProperty property in rope.EnumerateObject())
            {
                if (property.Name is "rope_theta" && property.Value.ValueKind == JsonValueKind.Number)
                {
                    theta = property.Value.GetDouble();
                }
                else if (property is not { Name: "rope_type" or "type", Value.ValueKind: JsonValueKind.String }
                    || property.Value.GetString() != "default")
                {
                    settings.Refuse($"{key}.{property.Name}", $"{property.Value.GetRawText()} is not supported: only "
                        + "the default rotary positions are (no YaRN, linear, dynamic or partial ones)");
                }
            }
        }

        if (theta is null)
        {
            settings.Refuse("rope_theta or rope_parameters.rope_theta", "is missing");
        }

        return theta ?? 1;
    }

    private static WeightType ReadType(ConfigSettings settings)
    {
        string? older = settings.Text("torch_dtype");
        string name = settings.Text("dtype") ?? older ?? "float32";
        switch (name)
        {
            case "float32": return WeightType.Float32;
            case "bfloat16": return WeightType.BFloat16;
            case "float16": return WeightType.Float16;
            default:
                settings.Refuse("dtype", $"{name} is not supported: float32, bfloat16 and float16 are");
                return WeightType.Float32;
        }
    }

    private static void RefuseWhatWeCannot(ConfigSettings settings, ModelConfig config)
    {
        if (settings.Text("model_type") is var type && type != "qwen3_moe")
        {
            settings.Refuse("model_type", $"{type ?? "nothing"} is not supported: qwen3_moe is");
        }

        if (settings.Take("architectures") is { } architectures
            && !(architectures.ValueKind == JsonValueKind.Array
                && architectures.EnumerateArray().All(one => one.ValueEquals(Architecture))))
        {
            settings.Refuse("architectures", $"{architectures.GetRawText()} is not supported: {Architecture} is");
        }

        if (settings.Text("hidden_act") is var act && act is not (null or "silu"))
        {
            settings.Refuse("hidden_act", $"{act} is not supported: silu is");
        }

        if (settings.Number("attention_dropout", absent: 0) != 0)
        {
            settings.Refuse("attention_dropout", "is not supported: set it to 0");
        }

        bool slides = settings.Flag("use_sliding_window", absent: false);
        bool window = settings.Take("sliding_window") is not null;
        settings.Ignore("max_window_layers");
        if (slides && window)
        {
            settings.Refuse("use_sliding_window", "a sliding window is not supported: every layer attends to all");
        }

        if (settings.Take("layer_types") is { } layers
            && !(layers.ValueKind == JsonValueKind.Array
                && layers.EnumerateArray().All(one => one.ValueEquals("full_attention"))))
        {
            settings.Refuse("layer_types", "only full_attention is supported");
        }

        if (settings.Take("quantization_config") is not null)
        {
            settings.Refuse("quantization_config", "quantised weights are not supported: use the bf16 folder");
        }

        if (config.DenseLayers.Any(layer => layer >= config.Layers))
        {
            settings.Refuse("mlp_only_layers", $"names a layer beyond the {config.Layers} there are");
        }
    }

    private static void RefuseContradictions(ConfigSettings settings, ModelConfig config)
    {
        if (config.QueryHeads % config.KeyValueHeads != 0)
        {
            settings.Refuse("num_attention_heads", "is no multiple of num_key_value_heads");
        }

        if (config.HeadSize % 2 != 0)
        {
            settings.Refuse("head_dim", "is odd; rotary positions turn pairs");
        }

        if (config.SparseLayers > 0 && config.ExpertsPerToken > config.Experts)
        {
            settings.Refuse("num_experts_per_tok", $"{config.ExpertsPerToken} of {config.Experts} experts");
        }
    }
}
