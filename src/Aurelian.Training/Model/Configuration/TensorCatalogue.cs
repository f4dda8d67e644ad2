namespace Aurelian.Training.Model.Configuration;

/// <summary>One tensor of a checkpoint: its published name and shape.</summary>
internal readonly record struct TensorSpec(string Name, params long[] Shape)
{
    internal long Elements => Shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>Every tensor that a checkpoint holds, under its published name, from the config alone.</summary>
internal static class TensorCatalogue
{
    internal const string Embedding = "model.embed_tokens.weight";
    internal const string FinalNorm = "model.norm.weight";
    internal const string Output = "lm_head.weight";

    internal static IEnumerable<TensorSpec> Of(ModelConfig config)
    {
        yield return new TensorSpec(Embedding, config.VocabularySize, config.HiddenSize);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return new TensorSpec(prefix + "input_layernorm.weight", config.HiddenSize);
            foreach (TensorSpec spec in Attention(config, prefix + "self_attn."))
            {
                yield return spec;
            }

            yield return new TensorSpec(prefix + "post_attention_layernorm.weight", config.HiddenSize);
            IEnumerable<TensorSpec> feedForward = config.IsSparse(layer)
                ? SparseFeedForward(config, prefix + "mlp.")
                : FeedForward(config.HiddenSize, config.DenseWidth, prefix + "mlp.");
            foreach (TensorSpec spec in feedForward)
            {
                yield return spec;
            }
        }

        yield return new TensorSpec(FinalNorm, config.HiddenSize);
        if (!config.TiedEmbeddings)
        {
            yield return new TensorSpec(Output, config.VocabularySize, config.HiddenSize);
        }
    }

    /// <summary>All parameters; tied embeddings count once.</summary>
    internal static long Parameters(ModelConfig config) => Of(config).Sum(spec => spec.Elements);

    /// <summary>Parameters that one token meets: of each sparse layer's experts only the chosen ones.</summary>
    internal static long ActiveParameters(ModelConfig config)
    {
        long expert = 3L * config.HiddenSize * config.ExpertWidth;
        return Parameters(config) - (expert * config.SparseLayers * (config.Experts - config.ExpertsPerToken));
    }

    /// <summary>Bytes of keys and values that each token of a sequence adds, in 16 bits.</summary>
    internal static long CacheBytesPerToken(ModelConfig config) =>
        2L * 2 * config.Layers * config.KeyValueHeads * config.HeadSize;

    private static IEnumerable<TensorSpec> Attention(ModelConfig config, string prefix)
    {
        long query = (long)config.QueryHeads * config.HeadSize;
        long keyValue = (long)config.KeyValueHeads * config.HeadSize;
        yield return new TensorSpec(prefix + "q_proj.weight", query, config.HiddenSize);
        yield return new TensorSpec(prefix + "k_proj.weight", keyValue, config.HiddenSize);
        yield return new TensorSpec(prefix + "v_proj.weight", keyValue, config.HiddenSize);
        yield return new TensorSpec(prefix + "o_proj.weight", config.HiddenSize, query);
        if (config.AttentionBias)
        {
            yield return new TensorSpec(prefix + "q_proj.bias", query);
            yield return new TensorSpec(prefix + "k_proj.bias", keyValue);
            yield return new TensorSpec(prefix + "v_proj.bias", keyValue);
            yield return new TensorSpec(prefix + "o_proj.bias", config.HiddenSize);
        }

        yield return new TensorSpec(prefix + "q_norm.weight", config.HeadSize);
        yield return new TensorSpec(prefix + "k_norm.weight", config.HeadSize);
    }

    private static IEnumerable<TensorSpec> SparseFeedForward(ModelConfig config, string prefix)
    {
        yield return new TensorSpec(prefix + "gate.weight", config.Experts, config.HiddenSize);
        for (int expert = 0; expert < config.Experts; expert++)
        {
            string name = $"{prefix}experts.{expert}.";
            foreach (TensorSpec spec in FeedForward(config.HiddenSize, config.ExpertWidth, name))
            {
                yield return spec;
            }
        }
    }

    private static IEnumerable<TensorSpec> FeedForward(long hidden, long width, string prefix)
    {
        yield return new TensorSpec(prefix + "gate_proj.weight", width, hidden);
        yield return new TensorSpec(prefix + "up_proj.weight", width, hidden);
        yield return new TensorSpec(prefix + "down_proj.weight", hidden, width);
    }
}
