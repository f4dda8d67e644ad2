using Aurelian.Training.Experiments;
using Aurelian.Training.Learning;
using Aurelian.Training.Model.Configuration;

namespace Aurelian.Training.Jobs;

/// <summary>What a job's training needs in memory, so that one that cannot fit is refused before it starts.</summary>
/// <remarks>An estimate from shapes: weights are exact, what a backward pass keeps by its largest parts.</remarks>
internal static class JobMemory
{
    /// <summary>Weights, gradients and two moments of the trainer, and the sampler's own weights.</summary>
    private const int CopiesOfWeights = 5;

    internal static void Require(IEnumerable<TrainingJob> jobs)
    {
        // What a server holds is the server's to refuse.
        foreach (TrainingJob job in jobs.Where(job => job.Tinker is null))
        {
            MemoryBudget.Require(Bytes(job), $"training '{job.Name}' (its model, AdamW, a batch and its cache)");
        }
    }

    internal static long Bytes(TrainingJob job)
    {
        ModelConfig config = job.Model.Folder is { } folder
            ? ModelConfigReader.ReadFolder(folder) : StartingModel.ConfigOf(job, job.Model.Vocabulary, []);
        long context = job.Algorithm.ContextTokens;
        long episodes = (long)job.Algorithm.TasksPerStep * job.Algorithm.Group;
        long attention = (config.QueryHeads + (2L * config.KeyValueHeads)) * config.HeadSize;
        long width = config.Experts > 0 ? (long)config.ExpertsPerToken * config.ExpertWidth : config.DenseWidth;
        // Of one token in one layer: the residual's stages, projections before and after turning, scores, experts.
        long layer = (4L * config.HiddenSize) + (2 * attention) + (config.QueryHeads * context) + (3 * width);
        long kept = (config.Layers * layer) + (2L * config.VocabularySize);
        long cache = 2L * config.Layers * config.KeyValueHeads * config.HeadSize * context * episodes;
        return checked(sizeof(float) * ((CopiesOfWeights * TensorCatalogue.Parameters(config))
            + (Math.Min(episodes, Learner.EpisodesAtOnce) * context * kept) + cache));
    }
}
