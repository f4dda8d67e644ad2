using Aurelian.Training.Model;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Checkpoints;

/// <summary>Loads and saves a model as a Hugging Face folder, which the reference implementation reads back.</summary>
internal static class ModelFolder
{
    /// <summary>As the reference's default; one file below it.</summary>
    internal const long ShardBytesMax = 5_000_000_000;

    private const int MistakesShown = 20;

    internal static Qwen3MoeModel Load(string folder)
    {
        ModelConfig config = ModelConfigReader.ReadFolder(folder);
        using CheckpointFolder files = CheckpointFolder.Open(folder);
        RefuseMismatch(config, files);
        MemoryBudget.Require(
            TensorCatalogue.Parameters(config) * sizeof(float), $"the model in {folder} (in 32 bits)");
        Qwen3MoeModel model = new(config);
        foreach (NamedParameter parameter in model.Parameters.Published)
        {
            files.ReadInto(parameter.Name, parameter.Value);
        }

        return model;
    }

    /// <summary>Files beside the weights that a model needs to be used: tokenizer, template, stop tokens.</summary>
    private static readonly string[] Companions =
    [
        "tokenizer.json", "tokenizer.json.gz", "tokenizer_config.json", "chat_template.jinja", "generation_config.json",
    ];

    /// <summary>Copies the tokenizer and its kin from one folder to another.</summary>
    internal static void CopyCompanions(string from, string to)
    {
        foreach (string name in Companions.Where(name => File.Exists(Path.Combine(from, name))))
        {
            File.Copy(Path.Combine(from, name), Path.Combine(to, name), overwrite: true);
        }
    }

    /// <param name="type">How weights are stored; null: as the model's config says.</param>
    /// <param name="shardBytesMax">Above it the weights are parted.</param>
    internal static void Save(
        Qwen3MoeModel model, string folder, WeightType? type = null, long shardBytesMax = ShardBytesMax)
    {
        WeightType stored = type ?? model.Config.StoredAs;
        int bytes = stored == WeightType.Float32 ? 4 : 2;
        Directory.CreateDirectory(folder);
        List<List<(string Name, Tensor Value)>> shards = [[]];
        long size = 0;
        foreach (NamedParameter parameter in model.Parameters.Published)
        {
            long more = parameter.Value.numel() * bytes;
            if (size + more > shardBytesMax && shards[^1].Count > 0)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add((parameter.Name, parameter.Value));
            size += more;
        }

        WriteShards(folder, shards, stored, bytes);
        ConfigWriter.Write(folder, model.Config with { StoredAs = stored });
    }

    private static void WriteShards(
        string folder, List<List<(string Name, Tensor Value)>> shards, WeightType stored, int bytes)
    {
        if (shards.Count == 1)
        {
            SafetensorsWriter.Write(Path.Combine(folder, CheckpointFolder.SingleFile), shards[0], stored);
            File.Delete(Path.Combine(folder, CheckpointFolder.IndexFile));
            return;
        }

        SortedDictionary<string, string> map = new(StringComparer.Ordinal);
        for (int i = 0; i < shards.Count; i++)
        {
            string file = $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, file), shards[i], stored);
            foreach ((string name, _) in shards[i])
            {
                map.Add(name, file);
            }
        }

        long parameters = shards.Sum(shard => shard.Sum(tensor => tensor.Value.numel()));
        ConfigWriter.WriteIndex(folder, map, parameters, parameters * bytes);
        File.Delete(Path.Combine(folder, CheckpointFolder.SingleFile));
    }

    /// <summary>Everything missing, superfluous or of another shape, at once.</summary>
    private static void RefuseMismatch(ModelConfig config, CheckpointFolder files)
    {
        List<string> mistakes = [];
        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (TensorSpec spec in TensorCatalogue.Of(config))
        {
            wanted.Add(spec.Name);
            if (files.Find(spec.Name) is not { } stored)
            {
                mistakes.Add($"{files.Folder}: {spec.Name} is missing");
            }
            else if (!stored.Shape.SequenceEqual(spec.Shape))
            {
                mistakes.Add($"{files.Folder}: {spec.Name} is {Text(stored.Shape)} where config.json makes it "
                    + $"{Text(spec.Shape)}");
            }
            else if (stored.Type is not ("F32" or "BF16" or "F16"))
            {
                mistakes.Add(
                    $"{files.Folder}: {spec.Name} is stored as {stored.Type}: F32, BF16 and F16 are supported");
            }
        }

        // Some folders store the tied output matrix as well.
        mistakes.AddRange(files.Tensors.Select(tensor => tensor.Name)
            .Where(name => !wanted.Contains(name) && !(config.TiedEmbeddings && name == TensorCatalogue.Output))
            .Select(name => $"{files.Folder}: {name} belongs to no part of the model that config.json describes"));
        if (mistakes.Count > 0)
        {
            throw TrainingException.BadInput([
                .. mistakes.Take(MistakesShown),
                .. mistakes.Count > MistakesShown ? new[] { $"… and {mistakes.Count - MistakesShown} more" } : [],
            ]);
        }
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
