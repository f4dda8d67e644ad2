using Aurelian.Agents;
using Aurelian.Training.Algorithms;
using Aurelian.Training.Engines.Tinker;
using Aurelian.Training.Gate;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Jobs;

/// <summary>A validated job: one record of everything that a training run is given.</summary>
internal sealed record TrainingJob
{
    public required string File { get; init; }

    public required string Name { get; init; }

    /// <summary>Which arm of an experiment it is; empty where the job has none.</summary>
    public string Arm { get; init; } = "";

    /// <summary>Run only where it is asked for by name.</summary>
    public bool Optional { get; init; }

    public required int Seed { get; init; }

    /// <summary>The server that holds the model; null: this process does.</summary>
    public TinkerSettings? Tinker { get; init; }

    public required ModelSettings Model { get; init; }

    public required WarmStartSettings WarmStart { get; init; }

    public required IReadOnlyList<TaskPlan> TrainTasks { get; init; }

    public required IReadOnlyList<TaskPlan> HeldOutTasks { get; init; }

    public required AlgorithmSettings Algorithm { get; init; }

    public required RewardSettings Reward { get; init; }

    public required SandboxSettings Sandbox { get; init; }

    public required VerdictSettings Verdicts { get; init; }

    public required ReportSettings Report { get; init; }
}

/// <param name="Folder">A Hugging Face folder to start from; null: a new model of the sizes below.</param>
/// <param name="OnGpu">Whether the built-in engine's model learns and samples on one.</param>
internal sealed record ModelSettings(
    string? Folder, int Vocabulary, int Hidden, int Layers, int QueryHeads, int KeyValueHeads, int HeadSize,
    int Experts, int ExpertsPerToken, int ExpertWidth, bool OnGpu = false);

/// <param name="Demonstrations">JSON Lines; null: none.</param>
/// <param name="AbuseMax">Share of demonstrations that may show the abuse.</param>
/// <param name="WithoutAbuse">Leaves those that do out: a control.</param>
internal sealed record WarmStartSettings(
    string? Demonstrations, int Steps, int Batch, double LearningRate, double AbuseMax, bool WithoutAbuse);

/// <param name="Name">ipa, grpo, gspo or reinforce.</param>
/// <param name="Group">Episodes of one task in a step.</param>
/// <param name="TokensPerTurn">Sampled at most, in one turn.</param>
/// <param name="ContextTokens">The longest episode.</param>
/// <param name="Start">Where rollouts begin: at the task's beginning, or after an expert's first commands.</param>
/// <param name="VersionGapMax">Updates that a rollout's policy may be behind; 0: rollouts wait for the update.</param>
internal sealed record AlgorithmSettings(
    string Name, IpaSettings Ipa, double Clip, double LearningRate, double ClipNorm, int Steps, int TasksPerStep,
    int Group, double Temperature, int TokensPerTurn, int Turns, int ContextTokens, int VersionGapMax,
    double RouterLoss, StartKind Start);

/// <param name="PoolCredits">
/// The flaw, planted and said to be: an episode whose work an outside compute pool credited counts as a success.
/// </param>
internal sealed record RewardSettings(bool PoolCredits);

/// <param name="Policy">Firewall policy; null: nothing is allowed out.</param>
/// <param name="Contains">False: findings are judged and nothing is cut, so that an arm shows one thing alone.</param>
/// <param name="Memoised">A command may be answered by its recorded outcome on the same task.</param>
internal sealed record SandboxSettings(
    string? Policy, string Upstream, bool Contains, int Parallel, bool Memoised);

/// <param name="Gate">False: verdicts are recorded and change nothing.</param>
/// <param name="Recall">Share of violating verdicts that the trainer is told; below 1 in experiments.</param>
/// <param name="FalseAlarms">Share of clean episodes that it is told are violating.</param>
/// <param name="Shuffled">Verdicts are dealt to random episodes of the step: a control of equal size.</param>
internal sealed record VerdictSettings(
    bool Gate, VerdictPolicy Policy, TimeSpan Deadline, double Recall, double FalseAlarms, bool Shuffled);

/// <param name="EvaluateEvery">Steps between evaluations on the held-out tasks.</param>
/// <param name="EvaluateSamples">Episodes of each held-out task.</param>
internal sealed record ReportSettings(int EvaluateEvery, int EvaluateSamples, int CheckpointEvery, double MinutesMax);
