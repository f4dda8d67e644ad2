using Aurelian.Training.Experiments;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.WarmUp;

/// <summary>A warm start as a model's folder: made beside its place and renamed, whole or not at all.</summary>
internal static class WarmFolder
{
    internal static void Make(TrainingJob job, string folder, ITrainingView view, CancellationToken cancellationToken)
    {
        IReadOnlyList<Demonstration> demonstrations = WarmStart.Choose(job.WarmStart);
        using StartingModel start = StartingModel.Make(job, demonstrations);
        string partial = folder + ".partial";
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        using (RunMetrics metrics = new(partial))
        {
            WarmStart.Run(start.Model, demonstrations, new ChatFrame(start.Tokens), job, line =>
            {
                metrics.Write(line.Kind, line.Step, line.Values);
                view.Show(line);
            }, cancellationToken);
        }

        start.Save(partial);
        Directory.Move(partial, folder);
    }
}
