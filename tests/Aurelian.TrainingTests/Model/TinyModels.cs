using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.TrainingTests.Model;

/// <summary>Small random models.</summary>
internal static class TinyModels
{
    /// <summary>Three layers, the middle one dense; heads × head size differs from the hidden size.</summary>
    internal static ModelConfig Config { get; } = new()
    {
        VocabularySize = 61,
        HiddenSize = 24,
        Layers = 3,
        QueryHeads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        DenseWidth = 40,
        Experts = 6,
        ExpertsPerToken = 2,
        ExpertWidth = 20,
        NormaliseExpertWeights = true,
        SparseStep = 1,
        DenseLayers = [1],
        RouterLossCoefficient = 0.01,
        NormEpsilon = 1e-6,
        RopeTheta = 10_000,
        PositionsMax = 200,
        InitialDeviation = 0.3,
    };

    internal static Qwen3MoeModel New(ModelConfig? config = null, int seed = 5)
    {
        Torch.Load();
        Qwen3MoeModel model = new(config ?? Config);
        model.Initialise(seed);
        return model;
    }

    internal static int[] Tokens(int seed, int count, int vocabulary = 61)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    /// <summary>(N, V) without gradients.</summary>
    internal static float[] Logits(Qwen3MoeModel model, params int[][] sequences)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        using TokenBatch batch = TokenBatch.Of(sequences);
        return model.Logits(model.Forward(batch).Hidden).data<float>().ToArray();
    }

    /// <summary>The largest difference of two lists of numbers.</summary>
    internal static double Difference(IReadOnlyList<float> one, IReadOnlyList<float> other)
    {
        Assert.Equal(one.Count, other.Count);
        return one.Zip(other, (a, b) => Math.Abs(a - b)).Max();
    }
}
