using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Engines;

/// <summary>A stretch of an update: sequences, which of their tokens are taught, and a loss of their scores.</summary>
/// <param name="Teaches">Whether the token of this row at this place is taught; never a row's first.</param>
/// <param name="Loss">From (M) log π of the taught tokens, row after row, to a scalar that hangs on them.</param>
/// <param name="Share">Of the whole update; what an engine adds of its own, a router loss, is weighed by it.</param>
/// <param name="Temperature">That log π is taken at.</param>
/// <param name="IsWeightedSum">The loss's gradient is the same whatever the scores are: imitation.</param>
internal sealed record Lesson(
    int[][] Sequences, Func<int, int, bool> Teaches, Func<Tensor, Tensor> Loss, double Share, double Temperature = 1,
    bool IsWeightedSum = false);

/// <param name="Loss">Of all lessons, what an engine adds of its own left out.</param>
/// <param name="GradientNorm">Before clipping; null where the engine does not say it.</param>
internal sealed record EngineUpdate(double Loss, double? GradientNorm);

/// <summary>
/// Where a policy's weights are, learn and are sampled from: this process, or a server. Losses are the trainer's own,
/// whatever the engine: it only takes their gradient to the weights.
/// </summary>
internal interface IEngine : IAsyncDisposable
{
    /// <summary>What the model speaks.</summary>
    IChatTokens Tokens { get; }

    /// <summary>Samples from what was last published.</summary>
    ISampler Sampler { get; }

    /// <summary>Takes a checkpoint's weights and optimiser over; asked first, and once.</summary>
    /// <param name="checkpoint">A folder; null: the weights that the engine was opened with.</param>
    /// <param name="updates">That the checkpoint has behind it.</param>
    Task BeginAsync(string? checkpoint, int updates, CancellationToken cancellationToken);

    /// <summary>One step of the optimiser along the lessons' gradient.</summary>
    /// <returns>Null: a loss or its gradient is no finite number, and the weights are as they were.</returns>
    Task<EngineUpdate?> UpdateAsync(
        IReadOnlyList<Lesson> lessons, double learningRate, CancellationToken cancellationToken);

    /// <summary>Gives the sampler the weights as they are now.</summary>
    Task PublishAsync(int updates, CancellationToken cancellationToken);

    /// <summary>Weights and optimiser, for <see cref="BeginAsync"/>.</summary>
    Task SaveAsync(string folder, CancellationToken cancellationToken);

    /// <summary>The model alone, for others to start from.</summary>
    Task SaveModelAsync(string folder, CancellationToken cancellationToken);
}
