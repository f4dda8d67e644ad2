using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model.Layers;

/// <summary>
/// Grouped-query attention with a norm over each head of queries and keys before the rotary positions (Qwen3).
/// </summary>
internal sealed class Attention(ParameterSet parameters, ModelConfig config, int layer)
{
    private readonly string _name = $"model.layers.{layer}.self_attn";
    private readonly long _queries = (long)config.QueryHeads * config.HeadSize;
    private readonly long _keys = (long)config.KeyValueHeads * config.HeadSize;
    private readonly Tensor _inward = parameters[$"model.layers.{layer}.self_attn.qkv.weight"];
    private readonly Tensor? _inwardBias = parameters.Find($"model.layers.{layer}.self_attn.qkv.bias");
    private readonly Tensor _outward = parameters[$"model.layers.{layer}.self_attn.o_proj.weight"];
    private readonly Tensor? _outwardBias = parameters.Find($"model.layers.{layer}.self_attn.o_proj.bias");
    private readonly Tensor _queryNorm = parameters[$"model.layers.{layer}.self_attn.q_norm.weight"];
    private readonly Tensor _keyNorm = parameters[$"model.layers.{layer}.self_attn.k_norm.weight"];

    /// <param name="input">(N, H).</param>
    /// <returns>(N, H).</returns>
    internal Tensor Forward(Tensor input, ForwardPass pass)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        int both = config.QueryHeads + config.KeyValueHeads;
        Tensor projected = Project(input, pass.Adapter).view(-1, both + config.KeyValueHeads, config.HeadSize);
        // One norm for queries and keys: each head's own weights, (heads, D).
        Tensor weights = torch.cat([
            _queryNorm.expand(config.QueryHeads, config.HeadSize),
            _keyNorm.expand(config.KeyValueHeads, config.HeadSize)]);
        // Split, not narrowed: going backward the parts are put side by side once, not added into zeros each.
        Tensor[] parts = projected.split([both, config.KeyValueHeads], 1);
        Tensor normed = RmsNorm.Apply(parts[0], weights, config.NormEpsilon);
        Tensor[] turned = Rotary.Turn(normed, pass.Cosines, pass.Sines)
            .split([config.QueryHeads, config.KeyValueHeads], 1);
        Tensor attended = pass.Cache is { } cache
            ? WithCache(turned[0], turned[1], parts[1], pass, cache)
            : Whole(turned[0], turned[1], parts[1], pass.Batch);
        Tensor output = torch.nn.functional.linear(attended, _outward, _outwardBias);
        if (pass.Adapter?.Delta($"{_name}.o_proj", attended) is { } delta)
        {
            output = output + delta;
        }

        return output.MoveToOuterDisposeScope();
    }

    private Tensor Project(Tensor input, LoraAdapter? adapter)
    {
        Tensor projected = torch.nn.functional.linear(input, _inward, _inwardBias);
        if (adapter is null || !adapter.TouchesAny(_name, "q_proj", "k_proj", "v_proj"))
        {
            return projected;
        }

        Tensor Part(string module, long start, long size)
        {
            Tensor part = projected.narrow(1, start, size);
            return adapter.Delta($"{_name}.{module}", input) is { } delta ? part + delta : part;
        }

        return torch.cat([
            Part("q_proj", 0, _queries), Part("k_proj", _queries, _keys), Part("v_proj", _queries + _keys, _keys)], 1);
    }

    /// <summary>Every sequence from its first token.</summary>
    /// <param name="queries">(N, query heads, D).</param>
    /// <param name="keys">(N, key heads, D).</param>
    /// <param name="values">(N, key heads, D).</param>
    /// <returns>(N, query heads · D).</returns>
    private Tensor Whole(Tensor queries, Tensor keys, Tensor values, TokenBatch batch)
    {
        int group = config.QueryHeads / config.KeyValueHeads;
        // Padding on the right comes after every real query, so causality alone keeps it out.
        Tensor attended = torch.nn.functional.scaled_dot_product_attention(
            Pad(queries, batch).transpose(1, 2), Spread(Pad(keys, batch).transpose(1, 2), group),
            Spread(Pad(values, batch).transpose(1, 2), group), is_casual: true); // (B, heads, T, D)
        return Unpad(attended.transpose(1, 2), batch);
    }

    /// <summary>Tokens behind those that the cache holds; theirs are added to it.</summary>
    private Tensor WithCache(
        Tensor queries, Tensor keys, Tensor values, ForwardPass pass, KeyValueCache cache)
    {
        TokenBatch batch = pass.Batch;
        int group = config.QueryHeads / config.KeyValueHeads;
        cache.Write(layer, keys, values, pass.CacheSlots!);
        (Tensor allKeys, Tensor allValues) = cache.Read(
            layer, pass.CacheRow, batch.Rows, pass.CacheLength); // (B, key heads, L, D)
        // The queries that share a key head stand behind one another: (B, key heads, group · T, D).
        Tensor stacked = Pad(queries, batch).transpose(1, 2)
            .reshape(batch.Rows, config.KeyValueHeads, (long)group * batch.LongestLength, config.HeadSize);
        Tensor attended = torch.nn.functional.scaled_dot_product_attention(
            stacked, allKeys, allValues, pass.CacheMask);
        return Unpad(
            attended.reshape(batch.Rows, config.QueryHeads, batch.LongestLength, config.HeadSize).transpose(1, 2),
            batch);
    }

    /// <summary>(N, heads, D) → (B, T, heads, D), zero where there is no token.</summary>
    private static Tensor Pad(Tensor heads, TokenBatch batch)
    {
        if (!batch.IsRagged)
        {
            return heads.view(batch.Rows, batch.LongestLength, heads.shape[1], heads.shape[2]);
        }

        Tensor padded = torch.zeros(
            (long)batch.Rows * batch.LongestLength, heads.shape[1], heads.shape[2], torch.float32, heads.device);
        return padded.index_copy(0, batch.Slots, heads)
            .view(batch.Rows, batch.LongestLength, heads.shape[1], heads.shape[2]);
    }

    /// <summary>(B, T, heads, D) → (N, heads · D).</summary>
    private static Tensor Unpad(Tensor heads, TokenBatch batch)
    {
        Tensor flat = heads.reshape(-1, heads.shape[2] * heads.shape[3]);
        return batch.IsRagged ? flat.index_select(0, batch.Slots) : flat;
    }

    /// <summary>Each key head before the query heads that share it.</summary>
    private static Tensor Spread(Tensor heads, int group)
    {
        long[] shape = heads.shape;
        return group == 1 ? heads : heads.unsqueeze(2)
            .expand(shape[0], shape[1], group, shape[2], shape[3])
            .reshape(shape[0], shape[1] * group, shape[2], shape[3]);
    }
}
