using Aurelian.Training.Jobs;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Rollouts;
using Aurelian.Training.Serving;

namespace Aurelian.Training.Engines.Tinker;

/// <summary>
/// The model on a server that speaks the Tinker protocol: a LoRA adapter, or all weights at rank 0. Losses are taken
/// here from the server's log-probabilities, so every algorithm of the trainer works; <see cref="TinkerLessons"/>.
/// </summary>
/// <remarks>
/// Does not cover, and jobs that ask for it are refused: the router's auxiliary loss, temperatures other than 1. A
/// gradient of the weights that is no finite number is the server's to refuse, and ends the run.
/// </remarks>
internal sealed class TinkerEngine : IEngine
{
    /// <summary>The protocol's JSON dialect, by the version of the client that spoke it last.</summary>
    private const string Dialect = "0.16.0";

    /// <summary>A server forgets a session that is not heard of for some minutes.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private readonly TinkerClient _client;
    private readonly TinkerSettings _settings;
    private readonly AdamWSettings _adam;
    private readonly TinkerState? _start;
    private readonly string _session;
    private readonly int _seed;
    private readonly TinkerSampler _sampler;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _beating;
    private string? _model;
    private int _sequence;

    private TinkerEngine(
        TrainingJob job, TinkerClient client, TinkerSettings settings, AdamWSettings adam, TinkerState? start,
        string session, IChatTokens tokens, TimeProvider time)
    {
        _client = client;
        _settings = settings;
        _adam = adam;
        _start = start;
        _session = session;
        _seed = job.Seed;
        Tokens = tokens;
        _sampler = new TinkerSampler(client, tokens.End);
        _beating = BeatAsync(time);
    }

    public IChatTokens Tokens { get; }

    public ISampler Sampler => _sampler;

    private string Model => _model ?? throw new InvalidOperationException("Begin first.");

    /// <summary>Looks at what the server has, and opens a session there.</summary>
    /// <param name="folder">What a warm start saved; null: the base model.</param>
    internal static async Task<TinkerEngine> OpenAsync(
        TrainingJob job, TinkerSettings settings, AdamWSettings adam, string? folder, TimeProvider time,
        CancellationToken cancellationToken)
    {
        TinkerState? start = folder is null ? null : TinkerState.Read(folder);
        ChatTokens tokens = ChatTokens.Load(settings.Tokenizer);
        TinkerClient client = new(
            settings, settings.KeyVariable is { } name ? Environment.GetEnvironmentVariable(name) : null, time);
        try
        {
            CapabilitiesAnswer has = await client.AskAsync<CapabilitiesAnswer>(
                "get_server_capabilities", null, cancellationToken).ConfigureAwait(false);
            Check(job, settings, has.SupportedModels ?? []);
            string session = (await client.AskAsync<SessionAnswer>(
                "create_session", new SessionRequest(["aurelian"], Dialect), cancellationToken)
                .ConfigureAwait(false)).SessionId ?? throw Missing("session_id");
            return new TinkerEngine(job, client, settings, adam, start, session, tokens, time);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task BeginAsync(string? checkpoint, int updates, CancellationToken cancellationToken)
    {
        TinkerState? from = checkpoint is null ? _start : TinkerState.Read(checkpoint);
        if (from is not null && (from.BaseModel, from.Rank) != (_settings.BaseModel, _settings.Rank))
        {
            throw TrainingException.BadInput(
                $"engine: what was saved is of {from.BaseModel}, rank {from.Rank}; the job now names "
                + $"{_settings.BaseModel}, rank {_settings.Rank}");
        }

        ModelAnswer made = await _client.DoAsync<ModelAnswer>("create_model", new CreateModelRequest(
            _session, 0, _settings.BaseModel, new LoraRequest(_settings.Rank, _seed)), cancellationToken)
            .ConfigureAwait(false);
        _model = made.ModelId ?? throw Missing("model_id");
        if (from is not null)
        {
            // A warm start's optimiser ends with it; servers take this as a model's first request only.
            await _client.DoAsync<SavedAnswer>("load_weights", new LoadRequest(
                from.Path, Model, Optimizer: checkpoint is not null, SeqId: ++_sequence), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    public async Task<EngineUpdate?> UpdateAsync(
        IReadOnlyList<Lesson> lessons, double learningRate, CancellationToken cancellationToken)
    {
        double loss = 0;
        List<(Lesson Lesson, float[] Scores, float[] Gradient)> plans = [];
        foreach (Lesson lesson in lessons)
        {
            float[] scores = lesson.IsWeightedSum
                ? new float[TinkerLessons.Count(lesson)]
                : await SendAsync("forward", lesson, TinkerLessons.ToScore(lesson), cancellationToken)
                    .ConfigureAwait(false);
            (double value, float[] gradient) = TinkerLessons.Differentiate(lesson, scores);
            // Before anything is added to the server's gradients, which nobody could take back.
            if (!double.IsFinite(value) || !gradient.All(float.IsFinite))
            {
                return null;
            }

            loss += value;
            plans.Add((lesson, scores, gradient));
        }

        foreach ((Lesson lesson, float[] scores, float[] gradient) in plans)
        {
            float[] now = await SendAsync(
                "forward_backward", lesson, TinkerLessons.ToTeach(lesson, scores, gradient), cancellationToken)
                .ConfigureAwait(false);
            loss += lesson.IsWeightedSum ? now.Zip(gradient, (score, weight) => (double)score * weight).Sum() : 0;
        }

        StepAnswer stepped = await _client.DoAsync<StepAnswer>("optim_step", new OptimRequest(
            Model, ++_sequence, new AdamRequest(
                learningRate, _adam.Beta1, _adam.Beta2, _adam.Epsilon, _adam.WeightDecay, _adam.ClipNorm)),
            cancellationToken).ConfigureAwait(false);
        return new EngineUpdate(loss, stepped.Metrics?
            .FirstOrDefault(each => each.Key.StartsWith("grad_norm", StringComparison.Ordinal)).Value);
    }

    public async Task PublishAsync(int updates, CancellationToken cancellationToken)
    {
        SavedAnswer saved = await _client.DoAsync<SavedAnswer>("save_weights_for_sampler", new SaveRequest(
            Model, SeqId: ++_sequence, SamplingSessionSeqId: updates), cancellationToken).ConfigureAwait(false);
        _sampler.Use(saved.SamplingSessionId ?? throw Missing("sampling_session_id"), updates);
    }

    public async Task SaveAsync(string folder, CancellationToken cancellationToken)
    {
        // A name of its own each time: nothing that an earlier checkpoint points to is overwritten.
        int sequence = ++_sequence;
        SavedAnswer saved = await _client.DoAsync<SavedAnswer>("save_weights", new SaveRequest(
            Model, FormattableString.Invariant($"save-{sequence:D6}"), sequence), cancellationToken)
            .ConfigureAwait(false);
        new TinkerState(saved.Path ?? throw Missing("path"), _settings.BaseModel, _settings.Rank).Write(folder);
    }

    public Task SaveModelAsync(string folder, CancellationToken cancellationToken) =>
        SaveAsync(folder, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        if (_model is not null)
        {
            await _client.TryAsync("unload_model", new ModelRequest(_model), CancellationToken.None)
                .ConfigureAwait(false);
        }

        _sampler.Dispose();
        _client.Dispose();
        _ended.Dispose();
    }

    /// <summary>Sends a lesson's batches; the taught tokens' log-probabilities. (M)</summary>
    private async Task<float[]> SendAsync(
        string call, Lesson lesson, IEnumerable<WireBatch> batches, CancellationToken cancellationToken)
    {
        List<DatumScores> answers = [];
        foreach (WireBatch batch in batches)
        {
            BackwardRequest request = call == "forward"
                ? new(Model, ++_sequence, ForwardInput: batch) : new(Model, ++_sequence, batch);
            ScoresAnswer answer = await _client.DoAsync<ScoresAnswer>(call, request, cancellationToken)
                .ConfigureAwait(false);
            answers.AddRange(answer.LossFnOutputs ?? throw Missing("loss_fn_outputs"));
        }

        return TinkerLessons.Scores(lesson, answers);
    }

    private async Task BeatAsync(TimeProvider time)
    {
        using PeriodicTimer timer = new(Heartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token).ConfigureAwait(false))
            {
                await _client.TryAsync("session_heartbeat", new HeartbeatRequest(_session), _ended.Token)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine is closed.
        }
    }

    private static void Check(TrainingJob job, TinkerSettings settings, ServedModelAnswer[] models)
    {
        const int namedMax = 20;
        if (models.FirstOrDefault(each => each.ModelName == settings.BaseModel) is not { } served)
        {
            throw TrainingException.BadInput(
                $"engine.base_model: {settings.Url} has no '{settings.BaseModel}'; it has "
                + string.Join(", ", models.Take(namedMax).Select(each => each.ModelName)));
        }

        if (served.MaxContextLength < job.Algorithm.ContextTokens)
        {
            throw TrainingException.BadInput(
                $"algorithm.context_tokens ({job.Algorithm.ContextTokens}) is more than {settings.BaseModel} takes at "
                + $"{settings.Url} ({served.MaxContextLength})");
        }
    }

    private static TrainingException Missing(string field) => new(
        TrainingFailure.Engine, $"the engine's server left '{field}' out of an answer: it speaks another protocol");
}
