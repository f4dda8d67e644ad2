using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Training.Engines;
using Aurelian.Training.Experiments;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Algorithms;
using Aurelian.Training.Learning;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Native;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Learning;

/// <summary>A trainer over a tiny model and recorded rollouts, in a folder of its own.</summary>
internal sealed class TrainerRig : IDisposable
{
    private const int Vocabulary = 32;

    internal TrainerRig() => TorchLibrary.Load(threads: 1);

    internal string Folder { get; } = Directory.CreateTempSubdirectory("aurelian-trainer-").FullName;

    internal List<string> Said { get; } = [];

    internal List<MetricsLine> Lines { get; } = [];

    public void Dispose() => Directory.Delete(Folder, true);

    internal static TrainingJob Job(int steps, int checkpointEvery = 2, string algorithm = "ipa") => new()
    {
        File = "job.toml", Name = "rig", Seed = 3,
        Model = new ModelSettings(null, Vocabulary, 16, 2, 2, 1, 8, 4, 2, 16),
        WarmStart = new WarmStartSettings(null, 0, 1, 1e-3, 0.05, false),
        TrainTasks = [.. Enumerable.Range(0, 3).Select(Task)],
        HeldOutTasks = [],
        Algorithm = new AlgorithmSettings(
            algorithm, new IpaSettings(), 0.2, 5e-3, 1, steps, 2, 4, 1, 8, 3, 64, 0, 1e-3,
            StartKind.Beginning),
        Reward = new RewardSettings(true),
        Sandbox = new SandboxSettings(null, "none", true, 1, false),
        Verdicts = new VerdictSettings(true, new VerdictPolicy(), TimeSpan.FromMilliseconds(200), 1, 0, false),
        Report = new ReportSettings(1000, 1, checkpointEvery, 60),
    };

    /// <summary>Runs to the job's end from whatever the folder holds; gives the weights.</summary>
    internal async Task<float[]> RunAsync(TrainingJob job, IRollouts rollouts, CancellationToken cancellationToken)
    {
        Qwen3MoeModel model = Model(job);
        await using BuiltInEngine engine = BuiltIn(job, model);
        await RunAsync(job, engine, rollouts, cancellationToken);
        return model.Parameters.Weights.data<float>().ToArray();
    }

    internal async Task RunAsync(
        TrainingJob job, IEngine engine, IRollouts rollouts, CancellationToken cancellationToken)
    {
        using Trainer trainer = new(job, Folder, engine, rollouts, new View(this), TimeProvider.System);
        await trainer.RunAsync(cancellationToken);
    }

    internal static Qwen3MoeModel Model(TrainingJob job)
    {
        Qwen3MoeModel model = new(Config());
        model.Initialise(job.Seed);
        return model;
    }

    /// <summary>Nothing is sampled where rollouts are recorded, so no tokens are spoken.</summary>
    internal static BuiltInEngine BuiltIn(TrainingJob job, Qwen3MoeModel model) => new(
        new StartingModel(model, null!), new AdamWSettings(), job.Algorithm, TimeProvider.System);

    /// <summary>Eight episodes a step with rewards and tokens from a seed.</summary>
    internal static List<Trajectory> Recorded(int steps)
    {
        Random random = new(11);
        return [.. Enumerable.Range(1, steps).SelectMany(step => Enumerable.Range(0, 8).Select(index =>
        {
            int[] ids = [.. Enumerable.Range(0, 20).Select(_ => random.Next(Vocabulary))];
            return new Trajectory
            {
                Episode = $"r/e{step}-{index}", Task = $"t{index / 4}", Step = step, Group = index / 4,
                Version = step - 1,
                Ids = ids, Chunks = [new TokenChunk(5, 4), new TokenChunk(14, 5)],
                LogProbs = [.. Enumerable.Range(0, 9).Select(_ => -3 - random.NextDouble())], Commands = ["ls"],
                StopReason = "policy-ended", Tests = random.Next(2), Credits = 0, Verdict = VerdictState.Clean,
                Final = true, Findings = [], Calls = 1, CpuSeconds = 0.1, Denied = 0,
            };
        }))];
    }

    private static TaskPlan Task(int number) => new(
        $"t{number}", "/t", "Do it.", "/t/f", "/t/tests", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    private static ModelConfig Config() => new()
    {
        VocabularySize = Vocabulary, HiddenSize = 16, Layers = 2, QueryHeads = 2, KeyValueHeads = 1, HeadSize = 8,
        DenseWidth = 16, Experts = 4, ExpertsPerToken = 2, ExpertWidth = 16, NormaliseExpertWeights = true,
        SparseStep = 1, RouterLossCoefficient = 0.001, NormEpsilon = 1e-6, RopeTheta = 10_000, PositionsMax = 64,
        InitialDeviation = 0.1,
    };

    private sealed class View(TrainerRig rig) : ITrainingView
    {
        public void Say(string what) => rig.Said.Add(what);

        public void Show(MetricsLine line) => rig.Lines.Add(line);
    }
}
