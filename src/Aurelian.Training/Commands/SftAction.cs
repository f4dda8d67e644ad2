using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Native;
using Aurelian.Training.Recording;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Commands;

/// <summary><c>sft</c>.</summary>
internal static class SftAction
{
    internal static async Task<int> RunAsync(
        string file, string folder, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
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
        await using IEngine engine = await EngineChoice.MakeAsync(job, demonstrations, time, cancellationToken)
            .ConfigureAwait(false);
        PlainView view = new(output);
        string partial = folder + ".partial";
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
        output.WriteLine(folder);
        return ExitCodes.Done;
    }
}
