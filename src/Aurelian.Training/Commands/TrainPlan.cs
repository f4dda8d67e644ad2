using System.Text.Json;

namespace Aurelian.Training.Commands;

/// <summary>What a training run was asked for, kept in its folder so that it can be resumed.</summary>
internal sealed record TrainPlan(string Job, int Seeds, IReadOnlyList<string> Arms, bool Memoised, string? Memo = null)
{
    internal void Write(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this));

    internal static TrainPlan Read(string file) => File.Exists(file)
        ? JsonSerializer.Deserialize<TrainPlan>(File.ReadAllText(file))!
        : throw TrainingException.BadInput($"{file} is not there: name the folder that 'aurelian train' printed");
}
