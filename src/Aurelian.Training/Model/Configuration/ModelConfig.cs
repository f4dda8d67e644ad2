namespace Aurelian.Training.Model.Configuration;

/// <summary>The shape of a Qwen3-MoE model, as its <c>config.json</c> gives it.</summary>
internal sealed record ModelConfig
{
    public required int VocabularySize { get; init; }

    /// <summary>H, the width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    public required int Layers { get; init; }

    public required int QueryHeads { get; init; }

    public required int KeyValueHeads { get; init; }

    /// <summary>D, of one head; heads × D may differ from H.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of a dense layer's feed-forward network.</summary>
    public required int DenseWidth { get; init; }

    /// <summary>E.</summary>
    public required int Experts { get; init; }

    /// <summary>k, the experts that each token is sent to.</summary>
    public required int ExpertsPerToken { get; init; }

    /// <summary>F, the width of one expert.</summary>
    public required int ExpertWidth { get; init; }

    /// <summary>Whether the chosen experts' weights are scaled to sum to one.</summary>
    public required bool NormaliseExpertWeights { get; init; }

    /// <summary>Layer i is sparse if (i + 1) mod this is 0 and it is not in <see cref="DenseLayers"/>.</summary>
    public required int SparseStep { get; init; }

    public IReadOnlyList<int> DenseLayers { get; init; } = [];

    /// <summary>Weight of the load-balancing loss in the total loss.</summary>
    public required double RouterLossCoefficient { get; init; }

    public required double NormEpsilon { get; init; }

    public required double RopeTheta { get; init; }

    /// <summary>Biases on the query, key, value and output projections.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>The output projection is the embedding's matrix.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>The longest sequence, in tokens.</summary>
    public required int PositionsMax { get; init; }

    /// <summary>Standard deviation of new weights.</summary>
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>How the folder's tensors are stored, unless a tensor says otherwise.</summary>
    public WeightType StoredAs { get; init; } = WeightType.Float32;

    /// <summary>Tokens that end a text.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    public int? PadToken { get; init; }

    public bool IsSparse(int layer) => Experts > 0 && (layer + 1) % SparseStep == 0 && !DenseLayers.Contains(layer);

    public int SparseLayers => Enumerable.Range(0, Layers).Count(IsSparse);
}

/// <summary>How numbers are stored in a checkpoint; arithmetic is in 32 bits.</summary>
internal enum WeightType
{
    Float32,
    BFloat16,
    Float16,
}
