using static TorchSharp.torch;

namespace Aurelian.Training.Algorithms;

/// <summary>What a policy-gradient loss needs of one episode. T is its number of sampled tokens.</summary>
/// <param name="New">log π_θ of each sampled token, with its graph. (T)</param>
/// <param name="Old">log π_old: the trainer's own at the rollout. (T)</param>
/// <param name="Inference">log μ_old: as the sampler gave it. (T)</param>
/// <param name="Chunks">Lengths of its chunks, each from one result of the environment to the next call; sum T.</param>
/// <param name="Advantage">R_final, centred or normalised or signed: whatever the algorithm takes.</param>
public sealed record LossEpisode(
    Tensor New, Tensor Old, Tensor Inference, IReadOnlyList<int> Chunks, double Advantage);
