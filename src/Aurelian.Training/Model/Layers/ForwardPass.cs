using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Lora;

namespace Aurelian.Training.Model.Layers;

/// <summary>What every layer of one forward pass shares.</summary>
internal sealed record ForwardPass
{
    public required TokenBatch Batch { get; init; }

    /// <summary>(N, 1, D).</summary>
    public required Tensor Cosines { get; init; }

    /// <summary>(N, 1, D).</summary>
    public required Tensor Sines { get; init; }

    public LoraAdapter? Adapter { get; init; }

    public KeyValueCache? Cache { get; init; }

    /// <summary>The cache's row of the batch's first.</summary>
    public int CacheRow { get; init; }

    /// <summary>(N · key heads), where the cache takes each token's keys and values.</summary>
    public Tensor? CacheSlots { get; init; }

    /// <summary>(B, 1, group · T, L), 0 where a query may look, else −∞.</summary>
    public Tensor? CacheMask { get; init; }

    /// <summary>L, the longest row of the cache with the new tokens in it.</summary>
    public int CacheLength { get; init; }
}
