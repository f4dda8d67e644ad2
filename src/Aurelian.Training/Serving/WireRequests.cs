using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aurelian.Training.Serving;

/// <summary>How the protocol's JSON is written: snake case, numbers as numbers, what is unknown left aside.</summary>
internal static class WireJson
{
    internal static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}

/// <summary>A newer dialect leaves the configuration out: then it is LoRA of rank 32.</summary>
internal sealed record LoraRequest(
    int Rank = 32, int? Seed = null, bool TrainUnembed = true, bool TrainMlp = true, bool TrainAttn = true);

internal sealed record CreateModelRequest(
    string SessionId, int ModelSeqId, string BaseModel, LoraRequest? LoraConfig = null);

internal sealed record ModelRequest(string ModelId);

internal sealed record AdamRequest(
    double LearningRate = 1e-4, double Beta1 = 0.9, double Beta2 = 0.95, double Eps = 1e-12, double WeightDecay = 0,
    double GradClipNorm = 0);

internal sealed record OptimRequest(string ModelId, int? SeqId = null, AdamRequest? AdamParams = null);

internal sealed record SaveRequest(
    string ModelId, string? Path = null, int? SeqId = null, int? SamplingSessionSeqId = null, bool Overwrite = false);

/// <param name="ModelId">Null where a new model is made of what was saved.</param>
internal sealed record LoadRequest(
    string Path, string? ModelId = null, string? SessionId = null, int? ModelSeqId = null, bool Optimizer = false,
    int? SeqId = null);

internal sealed record SamplingSessionRequest(
    string SessionId, int SamplingSessionSeqId = 0, string? BaseModel = null, string? ModelPath = null);

internal sealed record SamplingRequest(
    int? MaxTokens = null, int? Seed = null, JsonElement? Stop = null, double Temperature = 1, int TopK = -1,
    double TopP = 1);

internal sealed record WireChunk(int[]? Tokens = null, string Type = "encoded_text");

internal sealed record WirePrompt(WireChunk[] Chunks);

internal sealed record SampleRequest(
    WirePrompt Prompt, SamplingRequest? SamplingParams = null, int NumSamples = 1, string? SamplingSessionId = null,
    int? SeqId = null, string? BaseModel = null, string? ModelPath = null, bool? PromptLogprobs = null,
    int? TopkPromptLogprobs = null);

internal sealed record WireTensor(double[] Data, string Dtype = "float32", int[]? Shape = null);

internal sealed record WireDatum(WirePrompt ModelInput, Dictionary<string, WireTensor> LossFnInputs);

internal sealed record WireBatch(WireDatum[] Data, string LossFn, Dictionary<string, double>? LossFnConfig = null);

internal sealed record BackwardRequest(
    string ModelId, int? SeqId = null, WireBatch? ForwardBackwardInput = null, WireBatch? ForwardInput = null,
    // Early servers know no such field.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ForwardOnly = false);

internal sealed record PathRequest(string TinkerPath);

internal sealed record FutureRequest(string RequestId);
