using Aurelian.Training.Checkpoints;
using Aurelian.Training.Experiments;
using Aurelian.Training.Jobs;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Configuration;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.Engines;

/// <summary>The model in this process, all of whose weights learn.</summary>
/// <param name="start">The engine's own from here on.</param>
internal sealed class BuiltInEngine(
    StartingModel start, AdamWSettings adam, AlgorithmSettings settings, TimeProvider time) : IEngine
{
    private const string OptimiserFile = "optimiser.safetensors";

    private readonly Qwen3MoeModel _model = start.Model;
    private readonly AdamW _optimiser = Prepare(start.Model, adam);
    private BatchSampler? _sampler;

    public IChatTokens Tokens => start.Tokens;

    public ISampler Sampler => _sampler ??= new BatchSampler(
        new Qwen3MoeModel(_model.Config, _model.Device), settings.Temperature, start.Tokens.End, time);

    public Task BeginAsync(string? checkpoint, int updates, CancellationToken cancellationToken)
    {
        if (checkpoint is null)
        {
            return Task.CompletedTask;
        }

        using (CheckpointFolder files = CheckpointFolder.Open(checkpoint))
        {
            using IDisposable noGradient = torch.no_grad();
            foreach (NamedParameter parameter in _model.Parameters.Published)
            {
                files.ReadInto(parameter.Name, parameter.Value);
            }
        }

        using SafetensorsFile moments = SafetensorsFile.Open(Path.Combine(checkpoint, OptimiserFile));
        moments.ReadInto("first_moments", _optimiser.FirstMoments);
        moments.ReadInto("second_moments", _optimiser.SecondMoments);
        _optimiser.Steps = updates;
        return Task.CompletedTask;
    }

    public Task<EngineUpdate?> UpdateAsync(
        IReadOnlyList<Lesson> lessons, double learningRate, CancellationToken cancellationToken)
    {
        _model.Parameters.ZeroGradients();
        double loss = 0;
        foreach (Lesson lesson in lessons)
        {
            loss += Backward(lesson);
        }

        using Tensor norm = _model.Parameters.Gradients!.norm();
        if (!double.IsFinite(loss) || !float.IsFinite(norm.item<float>()))
        {
            _model.Parameters.ZeroGradients();
            return Task.FromResult<EngineUpdate?>(null);
        }

        return Task.FromResult<EngineUpdate?>(new EngineUpdate(loss, _optimiser.Step(learningRate)));
    }

    public Task PublishAsync(int updates, CancellationToken cancellationToken)
    {
        _sampler?.Load(_model, updates);
        return Task.CompletedTask;
    }

    public Task SaveAsync(string folder, CancellationToken cancellationToken)
    {
        ModelFolder.Save(_model, folder, WeightType.Float32);
        SafetensorsWriter.Write(
            Path.Combine(folder, OptimiserFile),
            [("first_moments", _optimiser.FirstMoments), ("second_moments", _optimiser.SecondMoments)],
            WeightType.Float32);
        return Task.CompletedTask;
    }

    public Task SaveModelAsync(string folder, CancellationToken cancellationToken)
    {
        start.Save(folder);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_sampler is not null)
        {
            await _sampler.DisposeAsync().ConfigureAwait(false);
        }

        _optimiser.Dispose();
        start.Dispose();
    }

    private static AdamW Prepare(Qwen3MoeModel model, AdamWSettings adam)
    {
        model.Parameters.PrepareTraining();
        return new AdamW(model.Parameters, adam);
    }

    /// <summary>Adds a lesson's gradients to those that are there.</summary>
    private double Backward(Lesson lesson)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using TokenBatch batch = TokenBatch.Of(lesson.Sequences);
        using NextTokens chosen = NextTokens.Choose(lesson.Sequences, lesson.Teaches);
        ForwardResult result = _model.Forward(batch);
        ForwardResult scaled = lesson.Temperature == 1 ? result
            : result with { Hidden = result.Hidden / lesson.Temperature };
        Tensor loss = lesson.Loss(TokenScores.LogProbabilitiesOf(_model, scaled, chosen));
        Tensor total = settings.RouterLoss > 0 && RouterLoss.Of(result, _model.Config) is { } router
            ? loss + (router * settings.RouterLoss * lesson.Share)
            : loss;
        total.backward();
        return loss.detach().to(torch.float64).item<double>();
    }
}
