using Aurelian.Training.Experiments;
using Aurelian.Training.Jobs;
using Aurelian.Training.Native;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Commands;

/// <summary><c>sft</c>.</summary>
internal static class SftAction
{
    internal static int Run(string file, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        TrainingJob job = JobReader.Read(file)[0];
        if (job.WarmStart.Demonstrations is null)
        {
            throw TrainingException.BadInput($"{file}: warm_start.demonstrations is missing; sft learns from them");
        }

        if (Directory.Exists(folder))
        {
            throw TrainingException.BadInput($"--output {folder}: is there already; nothing is overwritten");
        }

        IReadOnlyList<Demonstration> demonstrations = WarmStart.Choose(job.WarmStart);
        TorchLibrary.Load(threads: 1);
        using StartingModel start = StartingModel.Make(job, demonstrations);
        PlainView view = new(output);
        string partial = folder + ".partial";
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
        output.WriteLine(folder);
        return ExitCodes.Done;
    }
}
