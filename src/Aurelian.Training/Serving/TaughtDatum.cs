namespace Aurelian.Training.Serving;

/// <summary>One sequence of a training request. T is its number of tokens.</summary>
/// <param name="Input">(T).</param>
/// <param name="Targets">(T), the token wanted after each of the input.</param>
/// <param name="Weights">(T), 0 for what is not taught; ones where the client sent none.</param>
/// <param name="LogProbs">(T), as the sampler gave them; null where the loss takes none.</param>
/// <param name="Advantages">(T); null where the loss takes none.</param>
internal sealed record TaughtDatum(
    int[] Input, int[] Targets, float[] Weights, float[]? LogProbs = null, float[]? Advantages = null);

/// <summary>A forward pass over a batch, with its backward pass unless only the first is asked for.</summary>
internal sealed record TeachingRequest(
    string ModelId, int? Sequence, IReadOnlyList<TaughtDatum> Data, string Loss,
    IReadOnlyDictionary<string, double> LossConfig, bool ForwardOnly);

/// <param name="LogProbs">Of each datum's targets.</param>
/// <param name="Losses">Of each datum's targets, already weighted.</param>
internal sealed record TeachingResult(
    IReadOnlyList<float[]> LogProbs, IReadOnlyList<float[]> Losses, double Loss);
