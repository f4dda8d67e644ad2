using Aurelian.Training.Checkpoints;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Generation;
using Aurelian.Training.Model.Layers;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.Training.Verification;

/// <summary>
/// Holds a model's numbers against a reference's: states, scores, routing, losses, gradients, greedy continuations and
/// training steps, whatever of them the reference has.
/// </summary>
internal sealed class ModelVerifier(Qwen3MoeModel model, ReferenceCase reference, double tolerance)
{
    /// <summary>A wrong epsilon moves logits by 1e-4; gradients are smaller numbers.</summary>
    private const double GradientShare = 1.0 / 3;

    /// <summary>
    /// AdamW divides a gradient by its own size, so where a gradient is as small as the last digits of the sum it came
    /// from, a weight may differ by a part of a step; this part of the learning rate is allowed on top.
    /// </summary>
    private const double StepShare = 0.05;

    private readonly Comparisons _comparisons = new();

    private ParameterSet Trained => model.Adapter?.Parameters ?? model.Parameters;

    internal Comparisons Verify()
    {
        Prepare();
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor ids = reference.Read("input_ids");
        Tensor mask = reference.Read("attention_mask");
        ForwardAndBackward(ids, mask);
        PaddedOnTheLeft(ids, mask);
        if (reference.Greedy.Count > 0)
        {
            Greedy();
        }

        if (reference.Training is { } training)
        {
            Train(training, ids, mask);
        }

        return _comparisons;
    }

    private void Prepare()
    {
        if (model.Adapter is { } adapter)
        {
            adapter.PrepareTraining();
        }
        else
        {
            model.Parameters.PrepareTraining();
        }
    }

    private void ForwardAndBackward(Tensor ids, Tensor mask)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        TokenBatch batch = TokenBatch.OfPadded(ids, mask);
        ForwardResult result = model.Forward(batch, keepStates: true);
        Tensor real = mask.to(torch.@bool);
        Scores("logits", model.Logits(result.Hidden), real);
        for (int i = 0; i < result.States.Count; i++)
        {
            Compare("states", $"hidden.{i}", result.States[i], real);
        }

        int sparse = 0;
        foreach (int layer in Enumerable.Range(0, model.Config.Layers).Where(model.Config.IsSparse))
        {
            Routing routing = result.Routings[sparse++];
            Compare("router logits", $"router_logits.{layer}", routing.Logits, real);
            Compare("expert weights", $"expert_weight.{layer}", routing.Weights, real);
            if (reference.Has($"expert_index.{layer}"))
            {
                _comparisons.Same("expert choices", $"expert_index.{layer}", routing.Choices,
                    reference.Read($"expert_index.{layer}")[real]);
            }
        }

        if (reference.Has("labels"))
        {
            Losses total = TotalLoss(result, ids, mask);
            Scalar("loss", total.Tokens);
            Scalar("aux_loss", total.Router);
            Scalar("total_loss", total.Total);
            Trained.ZeroGradients();
            total.Total.backward();
            Gradients();
        }
    }

    private void PaddedOnTheLeft(Tensor ids, Tensor mask)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        long width = ids.shape[1];
        // Each row turned by its padding: right-padded becomes left-padded, in the same order of real tokens.
        Tensor shift = width - mask.sum(1, keepdim: true);
        Tensor from = (torch.arange(width).unsqueeze(0) - shift).remainder(width);
        TokenBatch batch = TokenBatch.OfPadded(ids.gather(1, from), mask.gather(1, from));
        Scores("logits, padded on the left", model.Logits(model.Forward(batch).Hidden), mask.to(torch.@bool));
    }

    private void Greedy()
    {
        IReadOnlyList<GreedyCase> cases = reference.Greedy;
        IReadOnlyList<Continuation> texts = TextGenerator.Generate(
            model, [.. cases.Select(one => one.Prompt)],
            new GenerationOptions { Temperature = 0, NewTokensMax = cases.Max(one => one.New.Length) }, seed: 0);
        for (int i = 0; i < cases.Count; i++)
        {
            IReadOnlyList<SampledToken> tokens = texts[i].Tokens;
            int different = cases[i].New.Where((token, at) => at >= tokens.Count || tokens[at].Id != token).Count();
            double furthest = cases[i].LogProbabilities
                .Select((expected, at) => Math.Abs(expected - tokens[at].LogProbability)).Max();
            _comparisons.Add("greedy tokens (batched, cached)", $"prompt {i}", cases[i].New.Length, different, 0);
            _comparisons.Add("greedy log-probs", $"prompt {i}", cases[i].New.Length, furthest, tolerance);
        }
    }

    private void Train(TrainingCase settings, Tensor ids, Tensor mask)
    {
        using AdamW optimiser = new(Trained, new AdamWSettings
        {
            Beta1 = settings.Betas[0],
            Beta2 = settings.Betas[1],
            Epsilon = settings.Epsilon,
            WeightDecay = settings.WeightDecay,
            ClipNorm = settings.Clip,
        });
        for (int step = 0; step < settings.Steps; step++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            Trained.ZeroGradients();
            using TokenBatch batch = TokenBatch.OfPadded(ids, mask);
            Losses total = TotalLoss(model.Forward(batch), ids, mask);
            total.Total.backward();
            double loss = total.Total.item<float>();
            double norm = optimiser.Step(settings.LearningRate);
            _comparisons.Add("training: loss before each step", $"step {step}", 1,
                Math.Abs(loss - settings.LossBeforeStep[step]), tolerance);
            _comparisons.Add("training: gradient norm", $"step {step}", 1,
                Math.Abs(norm - settings.GradientNorm[step]), tolerance);
        }

        string after = Path.Combine(reference.Folder, "after");
        if (Directory.Exists(after))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using CheckpointFolder files = CheckpointFolder.Open(after);
            foreach (NamedParameter parameter in Trained.Published.Where(one => files.Find(one.Name) is not null))
            {
                Tensor expected = torch.empty_like(parameter.Value);
                files.ReadInto(parameter.Name, expected);
                _comparisons.Numbers(
                    "training: weights after the last step", parameter.Name, parameter.Value, expected,
                    tolerance + (StepShare * settings.LearningRate));
            }
        }
    }

    private Losses TotalLoss(ForwardResult result, Tensor ids, Tensor mask)
    {
        (List<int[]> sequences, List<long[]> labels) = Rows(ids, reference.Read("labels"), mask);
        NextTokens trained = NextTokens.Choose(sequences, (row, i) => labels[row][i] != -100);
        Tensor tokens = -TokenScores.Of(model, result, trained).LogProbabilities.mean();
        Tensor router = RouterLoss.Of(result, model.Config) ?? torch.zeros([]);
        return new Losses(tokens, router, tokens + (router * model.Config.RouterLossCoefficient));
    }

    private static (List<int[]> Sequences, List<long[]> Labels) Rows(Tensor ids, Tensor labels, Tensor mask)
    {
        List<int[]> sequences = [];
        List<long[]> wanted = [];
        for (int row = 0; row < ids.shape[0]; row++)
        {
            using Tensor real = mask[row].to(torch.@bool);
            sequences.Add([.. ids[row][real].data<long>().Select(id => (int)id)]);
            wanted.Add([.. labels[row][real].data<long>()]);
        }

        return (sequences, wanted);
    }

    private void Gradients()
    {
        foreach (NamedParameter parameter in Trained.Published.Where(one => reference.Has($"grad.{one.Name}")))
        {
            _comparisons.Numbers($"gradients: {Part(parameter.Name)}", parameter.Name, parameter.Gradient!,
                reference.Read($"grad.{parameter.Name}"), tolerance * GradientShare);
        }
    }

    /// <summary>The part of the model that a tensor belongs to.</summary>
    private static string Part(string name) =>
        name.Contains(".experts.", StringComparison.Ordinal) ? "experts"
        : name.Contains(".mlp.gate.", StringComparison.Ordinal) ? "router"
        : name.Contains("norm.", StringComparison.Ordinal) ? "norms"
        : name.Contains(".self_attn.", StringComparison.Ordinal) ? "attention"
        : name.Contains(".mlp.", StringComparison.Ordinal) ? "dense layers"
        : name.Contains("embed", StringComparison.Ordinal) ? "embeddings" : "output matrix";

    private void Scores(string group, Tensor logits, Tensor real) =>
        _comparisons.Numbers(group, "logits", logits, reference.Read("logits")[real], tolerance);

    private void Compare(string group, string name, Tensor ours, Tensor real)
    {
        if (reference.Has(name))
        {
            _comparisons.Numbers(group, name, ours, reference.Read(name)[real], tolerance);
        }
    }

    private void Scalar(string name, Tensor ours)
    {
        if (reference.Has(name))
        {
            _comparisons.Numbers("losses", name, ours, reference.Read(name), tolerance);
        }
    }

    private sealed record Losses(Tensor Tokens, Tensor Router, Tensor Total);
}
