using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Checkpoints;

/// <summary>Loads and saves a LoRA adapter in PEFT's layout.</summary>
internal static class AdapterFolder
{
    private const string ConfigFile = "adapter_config.json";
    private const string WeightsFile = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";

    internal static LoraAdapter Load(string folder, ModelConfig model)
    {
        string configFile = Path.Combine(folder, ConfigFile);
        if (!File.Exists(configFile))
        {
            throw TrainingException.BadInput($"{configFile}: no such file; name a folder in PEFT's layout");
        }

        LoraConfig config = LoraConfig.Read(File.ReadAllText(configFile), configFile);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsFile));
        LoraAdapter adapter = new(config, model);
        try
        {
            RefuseMismatch(adapter, file);
            foreach (NamedParameter parameter in adapter.Parameters.Published)
            {
                file.ReadInto(Prefix + parameter.Name, parameter.Value);
            }

            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    internal static void Save(LoraAdapter adapter, string folder, string baseModel)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(
            Path.Combine(folder, WeightsFile),
            [.. adapter.Parameters.Published.Select(one => (Prefix + one.Name, one.Value))],
            WeightType.Float32);
        ConfigWriter.WriteWhole(Path.Combine(folder, ConfigFile), adapter.Config.ToJson(baseModel));
    }

    private static void RefuseMismatch(LoraAdapter adapter, SafetensorsFile file)
    {
        List<string> mistakes = [];
        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (NamedParameter parameter in adapter.Parameters.Published)
        {
            string name = Prefix + parameter.Name;
            wanted.Add(name);
            if (!file.Tensors.TryGetValue(name, out StoredTensor? stored))
            {
                mistakes.Add($"{file.Path}: {name} is missing");
            }
            else if (!stored.Shape.SequenceEqual(parameter.Value.shape))
            {
                mistakes.Add($"{file.Path}: {name} is [{string.Join(", ", stored.Shape)}] where the config and the "
                    + $"model make it [{string.Join(", ", parameter.Value.shape)}]");
            }
        }

        mistakes.AddRange(file.Tensors.Keys.Where(name => !wanted.Contains(name))
            .Select(name => $"{file.Path}: {name} belongs to no module that {ConfigFile} targets"));
        if (mistakes.Count > 0)
        {
            throw TrainingException.BadInput(mistakes.Take(20));
        }
    }
}
