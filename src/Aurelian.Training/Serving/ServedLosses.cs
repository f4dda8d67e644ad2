using static TorchSharp.torch;

namespace Aurelian.Training.Serving;

/// <summary>
/// The protocol's losses, token by token: −w · f(ratio) · A, where w masks, and ratio is exp(new − old) of the
/// log-probabilities. Sums, not means: a client that wants a mean divides its advantages.
/// </summary>
internal static class ServedLosses
{
    private const string ClipLow = "clip_low_threshold", ClipHigh = "clip_high_threshold";

    internal static IReadOnlyList<string> Names { get; } = ["cross_entropy", "importance_sampling", "ppo", "cispo"];

    /// <summary>Says by name what this server cannot do.</summary>
    internal static void Check(TeachingRequest request)
    {
        if (!Names.Contains(request.Loss))
        {
            throw TrainingException.BadInput(
                $"loss_fn '{request.Loss}' is not supported: {string.Join(", ", Names)} are");
        }

        bool clips = request.Loss is "ppo" or "cispo";
        foreach (string key in request.LossConfig.Keys.Where(key => !clips || key is not (ClipLow or ClipHigh)))
        {
            throw TrainingException.BadInput($"loss_fn_config '{key}' is not supported for {request.Loss}");
        }

        if (request.Loss != "cross_entropy"
            && request.Data.Any(datum => datum.LogProbs is null || datum.Advantages is null))
        {
            throw TrainingException.BadInput($"{request.Loss} takes target_tokens, logprobs and advantages");
        }
    }

    /// <summary>(M), of all tokens of some data, in their order.</summary>
    /// <param name="now">(M), with gradients.</param>
    internal static Tensor Of(TeachingRequest request, IReadOnlyList<TaughtDatum> data, Tensor now)
    {
        Tensor weights = Stream(data, datum => datum.Weights);
        if (request.Loss == "cross_entropy")
        {
            return -(weights * now);
        }

        Tensor ratio = (now - Stream(data, datum => datum.LogProbs!)).exp();
        Tensor advantages = Stream(data, datum => datum.Advantages!);
        Tensor clipped = ratio.clamp(
            request.LossConfig.GetValueOrDefault(ClipLow, 0.8), request.LossConfig.GetValueOrDefault(ClipHigh, 1.2));
        return -weights * request.Loss switch
        {
            "importance_sampling" => ratio * advantages,
            "ppo" => minimum(ratio * advantages, clipped * advantages),
            // CISPO (MiniMax-M1, arXiv 2506.13585): the clipped ratio weighs a token and carries no gradient.
            _ => clipped.detach() * advantages * now,
        };
    }

    private static Tensor Stream(IReadOnlyList<TaughtDatum> data, Func<TaughtDatum, float[]> values) =>
        tensor(data.SelectMany(values).ToArray());
}
