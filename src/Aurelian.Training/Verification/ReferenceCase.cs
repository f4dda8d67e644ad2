using System.Text.Json;
using System.Text.Json.Serialization;
using Aurelian.Training.Checkpoints;

namespace Aurelian.Training.Verification;

/// <summary>A prompt and what the reference continued it with, alone and without a cache.</summary>
internal sealed record GreedyCase(
    [property: JsonPropertyName("prompt")] int[] Prompt,
    [property: JsonPropertyName("new")] int[] New,
    [property: JsonPropertyName("log_probs")] double[] LogProbabilities);

/// <summary>AdamW steps that the reference took on the batch.</summary>
internal sealed record TrainingCase(
    [property: JsonPropertyName("steps")] int Steps,
    [property: JsonPropertyName("lr")] double LearningRate,
    [property: JsonPropertyName("betas")] double[] Betas,
    [property: JsonPropertyName("eps")] double Epsilon,
    [property: JsonPropertyName("weight_decay")] double WeightDecay,
    [property: JsonPropertyName("clip")] double Clip,
    [property: JsonPropertyName("total_loss_before_step")] double[] LossBeforeStep,
    [property: JsonPropertyName("grad_norm_before_clip")] double[] GradientNorm);

/// <summary>Numbers made elsewhere: <c>expected.safetensors</c> and, beside it, <c>case.json</c>.</summary>
internal sealed class ReferenceCase : IDisposable
{
    private readonly SafetensorsFile _file;

    private ReferenceCase(SafetensorsFile file, JsonElement? settings)
    {
        _file = file;
        if (settings is { } json)
        {
            Greedy = json.TryGetProperty("greedy", out JsonElement greedy) ? greedy.Deserialize<GreedyCase[]>()! : [];
            Training = json.TryGetProperty("train", out JsonElement train) ? train.Deserialize<TrainingCase>() : null;
        }
    }

    internal IReadOnlyList<GreedyCase> Greedy { get; } = [];

    internal TrainingCase? Training { get; }

    internal IEnumerable<string> Names => _file.Tensors.Keys;

    internal string Folder => Path.GetDirectoryName(Path.GetFullPath(_file.Path))!;

    internal static ReferenceCase Open(string path)
    {
        string settings = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "case.json");
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            return new ReferenceCase(
                file, File.Exists(settings) ? JsonDocument.Parse(File.ReadAllText(settings)).RootElement : null);
        }
        catch (JsonException exception)
        {
            file.Dispose();
            throw TrainingException.BadInput($"{settings}: is not understood: {exception.Message}");
        }
    }

    internal bool Has(string name) => _file.Tensors.ContainsKey(name);

    internal Tensor Read(string name) => Has(name)
        ? _file.Read(name)
        : throw TrainingException.BadInput($"{_file.Path}: lacks {name}; see docs/MODEL.md for what it must hold");

    public void Dispose() => _file.Dispose();
}
