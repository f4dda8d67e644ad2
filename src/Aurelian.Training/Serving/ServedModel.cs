using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Lora;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Serving;

/// <summary>
/// One model that a client trains: an adapter over the base model's frozen weights, or, at rank 0, weights of its own.
/// Used by one thread at a time, since all adapters share the base.
/// </summary>
internal sealed class ServedModel : IDisposable
{
    /// <summary>Sequences of one forward and backward pass; gradients add up over them.</summary>
    private const int DataAtOnce = 32;

    /// <summary>SkyRL's, whatever the rank.</summary>
    private const double Alpha = 32;

    private readonly Qwen3MoeModel _base;
    private readonly Qwen3MoeModel? _own;
    private readonly LoraAdapter? _adapter;
    private readonly AdamW _optimiser;

    internal ServedModel(Qwen3MoeModel shared, LoraRequest lora)
    {
        _base = shared;
        Lora = lora;
        if (lora.Rank == 0)
        {
            MemoryBudget.Require(shared.Parameters.Layout.Size * 4 * sizeof(float), "training all weights");
            _own = Copy(shared);
            _own.Parameters.PrepareTraining();
        }
        else
        {
            _adapter = new LoraAdapter(
                new LoraConfig { Rank = lora.Rank, Alpha = Alpha, Targets = Targets(lora) }, shared.Config);
            _adapter.Initialise(lora.Seed ?? 0);
            _adapter.PrepareTraining();
        }

        _optimiser = new AdamW(Trained, new AdamWSettings());
    }

    internal LoraRequest Lora { get; }

    internal ParameterSet Trained => _own?.Parameters ?? _adapter!.Parameters;

    /// <summary>Adds a batch's gradients to those since the last step, unless the forward pass is all.</summary>
    internal TeachingResult Teach(TeachingRequest request)
    {
        ServedLosses.Check(request);
        List<float[]> logProbs = [], losses = [];
        double loss = 0;
        foreach (TaughtDatum[] part in request.Data.Chunk(DataAtOnce))
        {
            loss += Teach(request, part, logProbs, losses);
        }

        return new TeachingResult(logProbs, losses, loss);
    }

    /// <returns>The gradient's norm before clipping.</returns>
    internal double Step(AdamRequest adam)
    {
        using Tensor norm = Trained.Gradients!.norm();
        if (!float.IsFinite(norm.item<float>()))
        {
            Trained.ZeroGradients();
            throw TrainingException.BadInput("the gradient is no finite number: the weights are as they were");
        }

        double before = _optimiser.Step(adam.LearningRate, new AdamWSettings
        {
            Beta1 = adam.Beta1, Beta2 = adam.Beta2, Epsilon = adam.Eps, WeightDecay = adam.WeightDecay,
            ClipNorm = adam.GradClipNorm,
        });
        Trained.ZeroGradients();
        return before;
    }

    /// <summary>The weights as they are now, for sampling while training goes on.</summary>
    internal WeightSnapshot Snapshot()
    {
        if (_own is not null)
        {
            return new WeightSnapshot(Copy(_own), null);
        }

        LoraAdapter copy = new(_adapter!.Config, _base.Config);
        CopyWeights(_adapter.Parameters, copy.Parameters);
        return new WeightSnapshot(null, copy);
    }

    /// <summary>Weights, and optimiser for going on; written beside its place and renamed into it.</summary>
    internal void Save(string folder, string baseModel) =>
        SavedState.Write(folder, baseModel, this, _adapter, _own, _optimiser);

    internal void Load(string folder, bool optimiser) =>
        SavedState.Read(folder, Trained, optimiser ? _optimiser : null);

    public void Dispose()
    {
        _optimiser.Dispose();
        _adapter?.Dispose();
        _own?.Dispose();
    }

    internal static Qwen3MoeModel Copy(Qwen3MoeModel model)
    {
        Qwen3MoeModel copy = new(model.Config);
        CopyWeights(model.Parameters, copy.Parameters);
        return copy;
    }

    private static void CopyWeights(ParameterSet from, ParameterSet to)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        to.Weights.copy_(from.Weights);
    }

    private double Teach(TeachingRequest request, TaughtDatum[] part, List<float[]> logProbs, List<float[]> losses)
    {
        Qwen3MoeModel model = _own ?? _base;
        model.Adapter = _adapter;
        try
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using IDisposable? noGradient = request.ForwardOnly ? torch.no_grad() : null;
            using TokenBatch batch = TokenBatch.Of([.. part.Select(datum => datum.Input)]);
            using NextTokens wanted = NextTokens.Following(
                [.. part.SelectMany(datum => datum.Targets).Select(id => (long)id)]);
            Tensor now = TokenScores.LogProbabilitiesOf(model, model.Forward(batch), wanted);
            Tensor each = ServedLosses.Of(request, part, now);
            Tensor loss = each.sum();
            Split(part, now.detach().data<float>().ToArray(), logProbs);
            Split(part, each.detach().data<float>().ToArray(), losses);
            if (!request.ForwardOnly)
            {
                loss.backward();
            }

            return loss.detach().to(torch.float64).item<double>();
        }
        finally
        {
            model.Adapter = null;
        }
    }

    private static void Split(TaughtDatum[] part, float[] stream, List<float[]> into)
    {
        int at = 0;
        foreach (TaughtDatum datum in part)
        {
            into.Add(stream[at..(at + datum.Targets.Length)]);
            at += datum.Targets.Length;
        }
    }

    private static string[] Targets(LoraRequest lora)
    {
        string[] targets =
        [
            .. lora.TrainAttn ? LoraConfig.Modules[..4] : [], .. lora.TrainMlp ? LoraConfig.Modules[4..] : [],
        ];
        return targets.Length > 0 ? targets : throw TrainingException.BadInput(
            "lora_config trains nothing: set train_attn or train_mlp (an adapter on the output matrix alone is not "
            + "supported)");
    }
}

/// <summary>Weights at one moment: an adapter over the base model, a model of its own, or the base itself.</summary>
internal sealed record WeightSnapshot(Qwen3MoeModel? Own, LoraAdapter? Adapter) : IDisposable
{
    public void Dispose()
    {
        Own?.Dispose();
        Adapter?.Dispose();
    }
}
