using System.Text.Json;

namespace Aurelian.Training.Checkpoints;

/// <summary>The weights of a Hugging Face folder, in one file or in shards that an index names.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    internal const string SingleFile = "model.safetensors";
    internal const string IndexFile = "model.safetensors.index.json";

    private readonly Dictionary<string, SafetensorsFile> _fileOf = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> _files = [];

    private CheckpointFolder(string folder) => Folder = folder;

    internal string Folder { get; }

    internal IEnumerable<StoredTensor> Tensors => _fileOf.Select(entry => entry.Value.Tensors[entry.Key]);

    internal static CheckpointFolder Open(string folder)
    {
        CheckpointFolder opened = new(folder);
        try
        {
            string index = Path.Combine(folder, IndexFile);
            if (File.Exists(Path.Combine(folder, SingleFile)) || !File.Exists(index))
            {
                opened.Add(SafetensorsFile.Open(Path.Combine(folder, SingleFile)), null);
            }
            else
            {
                opened.AddShards(index);
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    internal StoredTensor? Find(string name) =>
        _fileOf.TryGetValue(name, out SafetensorsFile? file) ? file.Tensors[name] : null;

    internal void ReadInto(string name, Tensor target) => _fileOf[name].ReadInto(name, target);

    public void Dispose()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.Dispose();
        }
    }

    private void AddShards(string index)
    {
        Dictionary<string, string>? map;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(index));
            map = document.RootElement.GetProperty("weight_map").Deserialize<Dictionary<string, string>>();
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw TrainingException.BadInput($"{index}: is not understood: {exception.Message}");
        }

        foreach (IGrouping<string, string> shard in map!.GroupBy(entry => entry.Value, entry => entry.Key))
        {
            if (shard.Key != Path.GetFileName(shard.Key))
            {
                throw TrainingException.BadInput($"{index}: {shard.Key} is not a file of this folder");
            }

            Add(SafetensorsFile.Open(Path.Combine(Folder, shard.Key)), shard);
        }
    }

    private void Add(SafetensorsFile file, IEnumerable<string>? names)
    {
        _files.Add(file);
        foreach (string name in names ?? file.Tensors.Keys)
        {
            if (!file.Tensors.ContainsKey(name))
            {
                throw TrainingException.BadInput($"{file.Path}: lacks {name}, which {IndexFile} says it holds");
            }

            _fileOf[name] = file;
        }
    }
}
