using Aurelian.Training.Serving;

namespace Aurelian.Training.Engines.Tinker;

internal sealed record SubmittedAnswer(string? RequestId);

internal sealed record CapabilitiesAnswer(ServedModelAnswer[]? SupportedModels);

internal sealed record ServedModelAnswer(string? ModelName, int? MaxContextLength);

internal sealed record SessionAnswer(string? SessionId);

internal sealed record ModelAnswer(string? ModelId);

internal sealed record ScoresAnswer(DatumScores[]? LossFnOutputs);

internal sealed record DatumScores(WireTensor? Logprobs);

internal sealed record StepAnswer(Dictionary<string, double?>? Metrics);

internal sealed record SavedAnswer(string? Path, string? SamplingSessionId);

internal sealed record SamplesAnswer(SequenceAnswer[]? Sequences);

internal sealed record SequenceAnswer(int[]? Tokens, double[]? Logprobs);

/// <summary>What a future may be instead of its result.</summary>
internal sealed record FutureAnswer(string? Type, string? Error, string? Category);

internal sealed record RefusalAnswer(System.Text.Json.JsonElement? Error, System.Text.Json.JsonElement? Detail);

/// <summary>What older dialects send; the server's own side reads no field of it.</summary>
internal sealed record SessionRequest(string[] Tags, string SdkVersion);

internal sealed record HeartbeatRequest(string SessionId);
