using Aurelian.Training.Model.Configuration;

namespace Aurelian.TrainingBench;

/// <summary>The models that are measured.</summary>
internal static class Sizes
{
    /// <summary>small: as the quick start trains; medium: hidden 256, 4 layers, 16 experts, top 2.</summary>
    internal static ModelConfig Of(string size)
    {
        bool small = size == "small";
        int hidden = small ? 96 : 256;
        return new ModelConfig
        {
            VocabularySize = small ? 512 : 1024,
            HiddenSize = hidden,
            Layers = small ? 3 : 4,
            QueryHeads = 4,
            KeyValueHeads = 2,
            HeadSize = small ? 32 : 64,
            DenseWidth = 2 * hidden,
            Experts = small ? 8 : 16,
            ExpertsPerToken = 2,
            ExpertWidth = hidden,
            NormaliseExpertWeights = true,
            SparseStep = 1,
            RouterLossCoefficient = 0.001,
            NormEpsilon = 1e-6,
            RopeTheta = 1e6,
            PositionsMax = 2048,
            InitialDeviation = 0.05,
        };
    }
}
