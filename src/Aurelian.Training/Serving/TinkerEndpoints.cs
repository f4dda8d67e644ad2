using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aurelian.Training.Serving;

/// <summary>The Tinker protocol's paths over a model server. JSON, and protobuf where the client asks for it.</summary>
internal sealed class TinkerEndpoints(ModelServer server, TimeProvider time)
{
    private const string Protobuf = "application/x-protobuf";

    /// <summary>Clients give up reading after 45 seconds and ask again.</summary>
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(30);

    internal void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1");
        api.MapGet("/healthz", () => Json(new { Status = "ok" }));
        api.MapGet("/get_server_capabilities", () => Json(new
        {
            SupportedModels = new[]
            {
                new
                {
                    ModelName = server.Name, MaxContextLength = server.Base.Config.PositionsMax, Trainable = true,
                    Sampleable = true,
                },
            },
        }));
        api.MapGet("/samplers/{id}", (string id) => Json(new { SamplerId = id, BaseModel = server.Name }));
        Say(api, "client/config", new
        {
            PjwtAuthEnabled = false, CredentialDefaultSource = "api_key", ParallelFwdbwdChunks = true,
            ProtoCompressFwdbwd = true,
        });
        Say(api, "client/dynamic_config", new { });
        Say(api, "session_heartbeat", new { Type = "session_heartbeat" });
        Say(api, "sessions/{id}/finish", new { });
        Say(api, "telemetry", new { Status = "accepted" });
        api.MapPost("/create_session", () => Json(new
        {
            Type = "create_session", SessionId = ModelServer.NewSession(),
        }));
        Now<ModelRequest>(api, "get_info", request => server.Info(request.ModelId));
        Now<PathRequest>(api, "weights_info", request => server.WeightsInfo(request.TinkerPath));
        Now<SamplingSessionRequest>(api, "create_sampling_session", server.OpenSampler);
        Later<CreateModelRequest>(api, "create_model", request =>
            (ModelServer.ModelId(request.SessionId, request.ModelSeqId), null, () => server.Create(request)));
        Later<OptimRequest>(api, "optim_step", request =>
            (request.ModelId, request.SeqId, () => server.Step(request)));
        Later<SaveRequest>(api, "save_weights", request =>
            (request.ModelId, request.SeqId, () => server.Save(request)));
        Later<SaveRequest>(api, "save_weights_for_sampler", request =>
            (request.ModelId, request.SeqId, () => server.SaveForSampler(request)));
        Later<LoadRequest>(api, "load_weights", request =>
            (request.ModelId ?? ModelServer.ModelId(request.SessionId ?? "", request.ModelSeqId ?? 0), request.SeqId,
                () => server.Load(request)));
        Later<ModelRequest>(api, "unload_model", request =>
            (request.ModelId, null, () => server.Unload(request.ModelId)));
        MapTeaching(api);
        api.MapPost("/asample", (Delegate)SampleAsync);
        api.MapPost("/retrieve_future", (Delegate)RetrieveAsync);
    }

    private void MapTeaching(RouteGroupBuilder api)
    {
        foreach (string path in new[] { "forward_backward", "forward" })
        {
            api.MapPost($"/{path}", async (HttpContext context) =>
            {
                byte[] body = await Bodies.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
                TeachingRequest request = IsProtobuf(context.Request.ContentType)
                    ? WireData.Read(Wire.ForwardBackwardRequest.Parser.ParseFrom(body))
                    : WireData.Read(Parse<BackwardRequest>(body), path == "forward");
                return Submitted(
                    request.ModelId, request.Sequence, path, body, ordered: true, () => server.Teach(request),
                    request.ModelId);
            });
        }
    }

    private async Task<IResult> SampleAsync(HttpContext context)
    {
        byte[] body = await Bodies.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        SampleRequest request = Parse<SampleRequest>(body);
        string session = request.SamplingSessionId ?? "";
        return Submitted(
            session, session.Length > 0 ? request.SeqId : null, "asample", body, ordered: false,
            () => server.Sample(request), null, request.NumSamples);
    }

    private async Task<IResult> RetrieveAsync(HttpContext context)
    {
        byte[] body = await Bodies.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        string id = Parse<FutureRequest>(body).RequestId;
        Answer? answer = await server.Futures.WaitAsync(id, LongestPoll, time, context.RequestAborted)
            .ConfigureAwait(false);
        return answer is null ? Json(new { Type = "try_again", RequestId = id, QueueState = "active" })
            : answer.Message is { } message && IsProtobuf(context.Request.Headers.Accept)
                ? Results.Bytes(message.ToByteArray(), Protobuf)
            : Json(answer.Json);
    }

    /// <summary>A call whose answer is the same for all.</summary>
    private static void Say(RouteGroupBuilder api, string path, object answer) =>
        api.MapPost($"/{path}", () => Json(answer));

    /// <summary>A call that is answered at once.</summary>
    private void Now<T>(RouteGroupBuilder api, string path, Func<T, Answer> act) =>
        api.MapPost($"/{path}", async (HttpContext context) =>
        {
            byte[] body = await Bodies.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
            T request = Parse<T>(body);
            Answer answer = await server.Futures.RunAsync(() => act(request), context.RequestAborted)
                .ConfigureAwait(false);
            return Json(answer.Json);
        });

    /// <summary>A call that is answered with a future.</summary>
    private void Later<T>(
        RouteGroupBuilder api, string path, Func<T, (string Model, int? Sequence, Func<Answer> Act)> plan) =>
        api.MapPost($"/{path}", async (HttpContext context) =>
        {
            byte[] body = await Bodies.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
            (string model, int? sequence, Func<Answer> act) = plan(Parse<T>(body));
            return Submitted(model, sequence, path, body, ordered: true, act, model);
        });

    private IResult Submitted(
        string line, int? sequence, string path, byte[] body, bool ordered, Func<Answer> act, string? model,
        int samples = 0)
    {
        string content = $"{path} {Convert.ToHexStringLower(SHA256.HashData(body))}";
        string id = server.Futures.Submit(line, sequence, content, ordered, act);
        return Json(new
        {
            RequestId = id, ModelId = model, Status = "pending",
            SampleSequenceIds = samples > 0 ? Enumerable.Range(0, samples).Select(at => $"{id}-{at}") : null,
        });
    }

    internal static T Parse<T>(byte[] body) => JsonSerializer.Deserialize<T>(body, WireJson.Options)
        ?? throw TrainingException.BadInput("an object is wanted");

    internal static IResult Json(object value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, WireJson.Options, statusCode: status);

    private static bool IsProtobuf(string? type) => type?.Contains(Protobuf, StringComparison.Ordinal) == true;
}
