using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Layers;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Model;

/// <summary>
/// Qwen3-MoE: a decoder of attention and sparse (or, for some layers, dense) feed-forward networks. Published as the
/// Qwen3 technical report, arXiv 2505.09388; checked against the reference implementation by <c>model verify</c>.
/// </summary>
/// <remarks>
/// A forward pass records gradients for what was prepared for training (the model's parameters or an adapter's) unless
/// it runs within <c>torch.no_grad()</c>. One thread at a time.
/// </remarks>
internal sealed class Qwen3MoeModel : IDisposable
{
    private readonly Rotary _rotary;
    private readonly Layer[] _layers;

    /// <summary>A model of zeros, to be filled by <see cref="Initialise"/> or from a folder.</summary>
    /// <param name="device">Null: the processor.</param>
    internal Qwen3MoeModel(ModelConfig config, torch.Device? device = null)
    {
        Config = config;
        Device = device ?? torch.CPU;
        Parameters = new ParameterSet(ParameterLayout.Of(config), Device);
        _rotary = new Rotary(config.HeadSize, config.RopeTheta, Device);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(layer => new Layer(Parameters, config, layer))];
    }

    internal ModelConfig Config { get; }

    internal torch.Device Device { get; }

    internal ParameterSet Parameters { get; }

    /// <summary>In effect while set; owned by the caller.</summary>
    internal LoraAdapter? Adapter { get; set; }

    private Tensor OutputMatrix =>
        Parameters[Config.TiedEmbeddings ? TensorCatalogue.Embedding : TensorCatalogue.Output];

    /// <summary>New weights: normal with the config's deviation; norms one, biases zero.</summary>
    internal void Initialise(int seed)
    {
        using IDisposable noGradient = torch.no_grad();
        using torch.Generator generator = new((ulong)seed);
        foreach (PackedTensor tensor in Parameters.Layout.Tensors)
        {
            Tensor value = Parameters[tensor.Name];
            _ = tensor.Name.EndsWith(".bias", StringComparison.Ordinal) ? value.zero_()
                : tensor.Shape.Length == 1 ? value.fill_(1)
                : value.normal_(0, Config.InitialDeviation, generator);
        }
    }

    /// <summary>From tokens to the last layer's states.</summary>
    /// <param name="replay">Expert choices (N, k) of each sparse layer, recorded earlier, used again.</param>
    /// <param name="keepStates">Also keep the states between layers.</param>
    internal ForwardResult Forward(TokenBatch batch, IReadOnlyList<Tensor>? replay = null, bool keepStates = false)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        ForwardPass pass = Begin(batch);
        return Run(pass, replay, keepStates).MoveToOuter();
    }

    /// <summary>The same for tokens behind those that a cache holds; without gradients.</summary>
    /// <param name="firstRow">The cache's row of the batch's first.</param>
    internal ForwardResult ForwardCached(TokenBatch batch, KeyValueCache cache, int firstRow)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        cache.Reserve(batch, firstRow);
        int length = KeyValueCache.LengthWith(batch);
        ForwardPass pass = Begin(batch) with
        {
            Cache = cache,
            CacheRow = firstRow,
            CacheSlots = cache.Slots(batch, firstRow),
            CacheLength = length,
            CacheMask = CacheMasks.Of(batch, length, Config.QueryHeads / Config.KeyValueHeads).to(Device),
        };
        ForwardResult result = Run(pass, null, keepStates: false);
        cache.Advance(batch, firstRow);
        return result.MoveToOuter();
    }

    /// <summary>The scores of every word of the vocabulary.</summary>
    /// <param name="hidden">(M, H), rows of <see cref="ForwardResult.Hidden"/>.</param>
    /// <returns>(M, V).</returns>
    internal Tensor Logits(Tensor hidden) => torch.nn.functional.linear(hidden, OutputMatrix);

    public void Dispose()
    {
        _rotary.Dispose();
        Parameters.Dispose();
    }

    private ForwardPass Begin(TokenBatch batch)
    {
        int longest = KeyValueCache.LengthWith(batch);
        if (longest > Config.PositionsMax)
        {
            throw TrainingException.BadInput(
                $"a sequence of {longest} tokens is longer than the model's {Config.PositionsMax} "
                + "(max_position_embeddings): shorten it");
        }

        batch.MoveTo(Device);
        (Tensor cosines, Tensor sines) = _rotary.At(batch.Positions, longest);
        return new ForwardPass { Batch = batch, Cosines = cosines, Sines = sines, Adapter = Adapter };
    }

    private ForwardResult Run(ForwardPass pass, IReadOnlyList<Tensor>? replay, bool keepStates)
    {
        Tensor state = Parameters[TensorCatalogue.Embedding].index_select(0, pass.Batch.Ids); // (N, H)
        List<Tensor> states = keepStates ? [state] : [];
        List<Routing> routings = [];
        foreach (Layer layer in _layers)
        {
            (state, Routing? routing) = layer.Forward(
                state, pass, replay is null || !layer.IsSparse ? null : replay[routings.Count]);
            if (routing is { } one)
            {
                routings.Add(one);
            }

            if (keepStates)
            {
                states.Add(state);
            }
        }

        Tensor hidden = RmsNorm.Apply(state, Parameters[TensorCatalogue.FinalNorm], Config.NormEpsilon);
        if (keepStates)
        {
            states[^1] = hidden;
        }

        return new ForwardResult { Hidden = hidden, Routings = routings, States = states };
    }
}
