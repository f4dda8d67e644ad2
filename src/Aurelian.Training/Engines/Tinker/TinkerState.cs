using System.Text.Json;

namespace Aurelian.Training.Engines.Tinker;

/// <summary>What stands in a checkpoint's place here: where the server keeps it.</summary>
/// <param name="Path"><c>tinker://MODEL/weights/NAME</c>, weights and optimiser.</param>
internal sealed record TinkerState(string Path, string BaseModel, int Rank)
{
    private const string FileName = "tinker.json";

    internal void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Combine(folder, FileName), JsonSerializer.Serialize(this));
    }

    internal static TinkerState Read(string folder)
    {
        string file = System.IO.Path.Combine(folder, FileName);
        return File.Exists(file)
            ? JsonSerializer.Deserialize<TinkerState>(File.ReadAllText(file))!
            : throw TrainingException.BadInput(
                $"{file} is not there: this was made by the built-in engine, and the job now names a server");
    }
}
