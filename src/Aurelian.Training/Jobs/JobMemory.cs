using Aurelian.Training.Experiments;
using Aurelian.Training.Learning;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Jobs;

/// <summary>What a job's training needs in memory, so that one that cannot fit is refused before it starts.</summary>
/// <remarks>An estimate from shapes: weights are exact, what a backward pass keeps by its largest parts.</remarks>
internal static class JobMemory
{
    /// <summary>Weights, gradients and AdamW's two moments.</summary>
    private const int CopiesInTraining = 4;

    /// <exception cref="TrainingException">A job that cannot fit, by its name.</exception>
    internal static void Require(IEnumerable<TrainingJob> jobs)
    {
        // What a server holds is the server's to refuse.
        foreach (TrainingJob job in jobs.Where(job => job.Tinker is null))
        {
            MemoryBudget.Require(Bytes(job), $"training '{job.Name}' (its model, AdamW, a batch and its cache)");
        }
    }

    /// <summary>As <see cref="Require"/>, for the warm start alone.</summary>
    internal static void RequireTuning(TrainingJob job) => MemoryBudget.Require(
        TuningBytes(job), $"fine-tuning '{job.Name}' (its model, AdamW and warm_start.batch)");

    internal static long Bytes(TrainingJob job)
    {
        ModelConfig config = ConfigOf(job);
        int context = job.Algorithm.ContextTokens;
        long episodes = (long)job.Algorithm.TasksPerStep * job.Algorithm.Group;
        long cache = 2L * config.Layers * config.KeyValueHeads * config.HeadSize * context * episodes;
        // The sampler has weights of its own.
        long reinforcing = LearningNumbers(config, Math.Min(episodes, Learner.EpisodesAtOnce), context)
            + TensorCatalogue.Parameters(config) + cache;
        return Math.Max(checked(sizeof(float) * reinforcing), TuningBytes(job));
    }

    internal static long TuningBytes(TrainingJob job) => job.WarmStart is { Demonstrations: not null, Steps: > 0 }
        ? checked(sizeof(float) * LearningNumbers(ConfigOf(job), job.WarmStart.Batch, job.Algorithm.ContextTokens))
        : 0;

    /// <summary>Of one optimiser step on rows that fill the context.</summary>
    private static long LearningNumbers(ModelConfig config, long rows, long context)
    {
        long attention = (config.QueryHeads + (2L * config.KeyValueHeads)) * config.HeadSize;
        long width = config.Experts > 0 ? (long)config.ExpertsPerToken * config.ExpertWidth : config.DenseWidth;
        // Of one token in one layer: the residual's stages, projections before and after turning, scores, experts.
        long layer = (4L * config.HiddenSize) + (2 * attention) + (config.QueryHeads * context) + (3 * width);
        long kept = (config.Layers * layer) + (2L * config.VocabularySize);
        return checked((CopiesInTraining * TensorCatalogue.Parameters(config)) + (rows * context * kept));
    }

    private static ModelConfig ConfigOf(TrainingJob job) => job.Model.Folder is { } folder
        ? ModelConfigReader.ReadFolder(folder)
        : StartingModel.ConfigOf(job, job.Model.Vocabulary, []);
}
