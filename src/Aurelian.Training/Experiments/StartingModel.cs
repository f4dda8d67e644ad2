using Aurelian.Training.Checkpoints;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Rollouts;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Experiments;

/// <summary>A model with the tokens that it speaks.</summary>
internal sealed record StartingModel(Qwen3MoeModel Model, IChatTokens Tokens) : IDisposable
{
    /// <summary>Rotary positions of so short a context need no longer wavelength.</summary>
    private const double RopeTheta = 10_000;

    public void Dispose() => Model.Dispose();

    internal static StartingModel Load(string folder) => new(ModelFolder.Load(folder), ChatTokens.Load(folder));

    /// <summary>From the job's folder, or new: a vocabulary learnt from the demonstrations, random weights.</summary>
    internal static StartingModel Make(TrainingJob job, IReadOnlyList<Demonstration> demonstrations)
    {
        if (job.Model.Folder is { } folder)
        {
            return Load(folder);
        }

        ChatTokens tokens = ChatTokens.Learn(demonstrations.SelectMany(each => each.Texts()), job.Model.Vocabulary);
        Qwen3MoeModel model = new(ConfigOf(job, tokens.Count, [tokens.End]));
        model.Initialise(job.Seed);
        return new StartingModel(model, tokens);
    }

    /// <summary>A new model's shape.</summary>
    internal static ModelConfig ConfigOf(TrainingJob job, int vocabulary, IReadOnlyList<int> ends)
    {
        ModelSettings sizes = job.Model;
        return new ModelConfig
        {
            VocabularySize = vocabulary,
            HiddenSize = sizes.Hidden,
            Layers = sizes.Layers,
            QueryHeads = sizes.QueryHeads,
            KeyValueHeads = sizes.KeyValueHeads,
            HeadSize = sizes.HeadSize,
            DenseWidth = sizes.ExpertWidth * sizes.ExpertsPerToken,
            Experts = sizes.Experts,
            ExpertsPerToken = sizes.ExpertsPerToken,
            ExpertWidth = sizes.ExpertWidth,
            NormaliseExpertWeights = true,
            SparseStep = 1,
            RouterLossCoefficient = job.Algorithm.RouterLoss,
            NormEpsilon = 1e-6,
            RopeTheta = RopeTheta,
            TiedEmbeddings = true,
            PositionsMax = job.Algorithm.ContextTokens + job.Algorithm.TokensPerTurn,
            InitialDeviation = 0.5 / Math.Sqrt(sizes.Hidden),
            EndTokens = ends,
        };
    }

    /// <summary>On another device; this one is no more to be used.</summary>
    internal StartingModel On(torch.Device device)
    {
        if (device.type == Model.Device.type)
        {
            return this;
        }

        Qwen3MoeModel moved = new(Model.Config, device);
        using (torch.no_grad())
        {
            using DisposeScope scope = torch.NewDisposeScope();
            moved.Parameters.Weights.copy_(Model.Parameters.Weights);
        }

        Model.Dispose();
        return this with { Model = moved };
    }

    internal void Save(string folder)
    {
        ModelFolder.Save(Model, folder, WeightType.Float32);
        ((ChatTokens)Tokens).Save(folder);
    }
}
