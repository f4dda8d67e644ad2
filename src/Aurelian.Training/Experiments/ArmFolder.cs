using System.Text.Json;
using Aurelian.Training.Jobs;

namespace Aurelian.Training.Experiments;

/// <summary>What one arm's folder was made from: enough to go on with it later.</summary>
/// <param name="JobFile">Absolute.</param>
/// <param name="WarmStart">The folder of the model that it starts from, absolute.</param>
internal sealed record ArmFolder(string JobFile, string Arm, int Seed, string WarmStart)
{
    private const string FileName = "arm.json", DoneName = "done.json";

    internal void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this));
    }

    internal static ArmFolder? Read(string folder) => File.Exists(Path.Combine(folder, FileName))
        ? JsonSerializer.Deserialize<ArmFolder>(File.ReadAllText(Path.Combine(folder, FileName)))
        : null;

    /// <summary>The arm's job as its file has it now, with the arm's seed.</summary>
    internal TrainingJob ReadJob() => JobReader.Read(JobFile).FirstOrDefault(job => job.Arm == Arm) is { } found
        ? found with { Seed = Seed }
        : throw TrainingException.BadInput($"{JobFile} has no arm '{Arm}' any more");

    internal static bool IsDone(string folder) => File.Exists(Path.Combine(folder, DoneName));

    internal static void MarkDone(string folder, int steps) =>
        File.WriteAllText(Path.Combine(folder, DoneName), JsonSerializer.Serialize(new { steps }));

    internal static void MarkOpen(string folder) => File.Delete(Path.Combine(folder, DoneName));
}
