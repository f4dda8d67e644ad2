using Aurelian.Training.Engines.Tinker;
using Aurelian.Training.Experiments;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Native;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Engines;

/// <summary>Opens the engine that a job names.</summary>
internal static class EngineChoice
{
    private const double WeightDecay = 0.01;

    /// <summary>For the warm start: from the job's folder or base model, or new, its vocabulary learnt.</summary>
    internal static async Task<IEngine> MakeAsync(
        TrainingJob job, IReadOnlyList<Demonstration> demonstrations, TimeProvider time,
        CancellationToken cancellationToken)
    {
        AdamWSettings adam = new() { WeightDecay = WeightDecay };
        return job.Tinker is { } settings
            ? await TinkerEngine.OpenAsync(job, settings, adam, null, time, cancellationToken).ConfigureAwait(false)
            : new BuiltInEngine(
                StartingModel.Make(job, demonstrations).On(DeviceOf(job)), adam, job.Algorithm, time);
    }

    /// <summary>For reinforcement: from what the warm start saved.</summary>
    /// <param name="folder">Of <see cref="IEngine.SaveModelAsync"/>.</param>
    internal static async Task<IEngine> LoadAsync(
        TrainingJob job, string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        AdamWSettings adam = new() { WeightDecay = WeightDecay, ClipNorm = job.Algorithm.ClipNorm };
        return job.Tinker is { } settings
            ? await TinkerEngine.OpenAsync(job, settings, adam, folder, time, cancellationToken).ConfigureAwait(false)
            : new BuiltInEngine(
                StartingModel.Load(folder).On(DeviceOf(job)), adam, job.Algorithm, time);
    }

    /// <summary>Where a job's built-in model is.</summary>
    /// <exception cref="TrainingException">Bad input: the job wants a GPU, and there is none.</exception>
    internal static torch.Device DeviceOf(TrainingJob job)
    {
        if (!job.Model.OnGpu || job.Tinker is not null)
        {
            return torch.CPU;
        }

        string folder = TorchLibrary.Load();
        return torch.cuda.is_available()
            ? torch.CUDA
            : throw TrainingException.BadInput(
                $"model.device is \"cuda\", and PyTorch in {folder} finds no GPU: name the folder of a PyTorch 2.10 "
                + $"for CUDA ({TorchLibrary.Setting}=…/site-packages/torch/lib), set \"cpu\", or train on a server "
                + "(engine.kind = \"tinker\")");
    }
}
