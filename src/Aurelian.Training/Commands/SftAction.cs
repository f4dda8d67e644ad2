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

        JobMemory.RequireTuning(job);
        TorchLibrary.Load(threads: 1);
        await WarmFolder.MakeAsync(job, folder, new PlainView(output), time, cancellationToken).ConfigureAwait(false);
        output.WriteLine(folder);
        return ExitCodes.Done;
    }
}
