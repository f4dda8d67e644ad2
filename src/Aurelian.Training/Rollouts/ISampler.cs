namespace Aurelian.Training.Rollouts;

/// <param name="Ids">At least one.</param>
/// <param name="LogProbs">Natural logarithms, of the distribution that was drawn from.</param>
/// <param name="Version">Optimiser updates that the weights had behind them.</param>
internal sealed record Sample(int[] Ids, double[] LogProbs, int Version);

/// <summary>Who continues a sequence of ids: the model in this process, or a server.</summary>
internal interface ISampler
{
    /// <param name="random">The episode's own, so that nothing depends on who else is in the batch.</param>
    Task<Sample> SampleAsync(int[] context, int tokensMax, Random random, CancellationToken cancellationToken);
}
