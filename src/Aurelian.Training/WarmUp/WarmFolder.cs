using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Recording;

namespace Aurelian.Training.WarmUp;

/// <summary>A warm start as a model's folder: made beside its place and renamed, whole or not at all.</summary>
internal static class WarmFolder
{
    internal static async Task MakeAsync(
        TrainingJob job, string folder, ITrainingView view, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<Demonstration> demonstrations = WarmStart.Choose(job.WarmStart);
        await using IEngine engine = await EngineChoice.MakeAsync(job, demonstrations, time, cancellationToken)
            .ConfigureAwait(false);
        string partial = folder + ".partial";
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        using (RunMetrics metrics = new(partial))
        {
            await WarmStart.RunAsync(engine, demonstrations, job, line =>
            {
                metrics.Write(line.Kind, line.Step, line.Values);
                view.Show(line);
            }, cancellationToken).ConfigureAwait(false);
        }

        await engine.SaveModelAsync(partial, cancellationToken).ConfigureAwait(false);
        Directory.Move(partial, folder);
    }
}
