using System.Text.Json;
using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Serving;

/// <summary>What a client saved, as a folder: PEFT's or Hugging Face's layout, the optimiser, how to go on.</summary>
/// <param name="Steps">Optimiser steps behind it.</param>
internal sealed record SavedState(string BaseModel, LoraRequest Lora, long Steps)
{
    private const string StateFile = "state.json", OptimiserFile = "optimiser.safetensors";

    internal static bool Exists(string folder) => File.Exists(Path.Combine(folder, StateFile));

    internal static SavedState ReadHead(string folder) =>
        JsonSerializer.Deserialize<SavedState>(File.ReadAllText(Path.Combine(folder, StateFile)))!;

    internal static void Write(
        string folder, string baseModel, ServedModel model, LoraAdapter? adapter, Qwen3MoeModel? own, AdamW optimiser)
    {
        string partial = folder + ".partial";
        Remove(partial);
        Directory.CreateDirectory(partial);
        if (adapter is not null)
        {
            AdapterFolder.Save(adapter, partial, baseModel);
        }
        else
        {
            ModelFolder.Save(own!, partial, Model.Configuration.WeightType.Float32);
        }

        SafetensorsWriter.Write(
            Path.Combine(partial, OptimiserFile),
            [
                ("weights", model.Trained.Weights), ("first_moments", optimiser.FirstMoments),
                ("second_moments", optimiser.SecondMoments),
            ],
            Model.Configuration.WeightType.Float32);
        File.WriteAllText(Path.Combine(partial, StateFile), JsonSerializer.Serialize(
            new SavedState(baseModel, model.Lora, optimiser.Steps)));
        Remove(folder);
        Directory.Move(partial, folder);
    }

    /// <param name="optimiser">Null: it starts anew.</param>
    internal static void Read(string folder, ParameterSet trained, AdamW? optimiser)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, OptimiserFile));
        using IDisposable noGradient = torch.no_grad();
        file.ReadInto("weights", trained.Weights);
        if (optimiser is not null)
        {
            file.ReadInto("first_moments", optimiser.FirstMoments);
            file.ReadInto("second_moments", optimiser.SecondMoments);
            optimiser.Steps = ReadHead(folder).Steps;
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
