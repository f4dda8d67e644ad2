using Aurelian.Training.Algorithms;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;

namespace Aurelian.Training.WarmUp;

/// <summary>Supervised fine-tuning on demonstrations: what a policy knows before it is reinforced.</summary>
internal static class WarmStart
{
    private const int TellEvery = 25;

    /// <summary>Demonstrations that the job takes; a share of abuse above its own limit is refused.</summary>
    internal static IReadOnlyList<Demonstration> Choose(WarmStartSettings settings)
    {
        if (settings.Demonstrations is not { } file)
        {
            return [];
        }

        IReadOnlyList<Demonstration> all = Demonstration.Read(file);
        double abuse = all.Count(each => each.Kind == "abuse") / (double)Math.Max(1, all.Count);
        return settings.WithoutAbuse ? [.. all.Where(each => each.Kind != "abuse")]
            : abuse <= settings.AbuseMax ? all
            : throw TrainingException.BadInput(FormattableString.Invariant(
                $"{file}: {abuse:P1} of the demonstrations show the abuse, and warm_start.abuse_max is ")
                + FormattableString.Invariant($"{settings.AbuseMax:P1}: leave some out, or raise it"));
    }

    /// <summary>Trains the model in place.</summary>
    internal static void Run(
        Qwen3MoeModel model, IReadOnlyList<Demonstration> demonstrations, ChatFrame frame, TrainingJob job,
        Action<MetricsLine> tell, CancellationToken cancellationToken)
    {
        WarmStartSettings settings = job.WarmStart;
        (int[] Ids, TokenChunk[] Chunks, bool[] Keep)[] framed = [.. demonstrations.Select(each => each.Frame(frame))];
        if (framed.Length == 0)
        {
            return;
        }

        int longest = framed.Max(each => each.Ids.Length);
        if (longest > job.Algorithm.ContextTokens)
        {
            throw TrainingException.BadInput(
                $"a demonstration has {longest} tokens, more than algorithm.context_tokens "
                + $"({job.Algorithm.ContextTokens}): raise it");
        }

        model.Parameters.PrepareTraining();
        using AdamW optimiser = new(model.Parameters, new AdamWSettings { WeightDecay = 0.01 });
        for (int step = 1; step <= settings.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Random random = Seeds.For(job.Seed, "warm-start", step);
            double loss = Step(model, random.GetItems(framed, settings.Batch), job.Algorithm.RouterLoss);
            double rate = LearningRate.At(step, settings.Steps, settings.LearningRate, settings.Steps / 10);
            double norm = optimiser.Step(rate);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                throw new TrainingException(TrainingFailure.Machine, FormattableString.Invariant(
                    $"warm start: the loss is {loss} at step {step}: lower warm_start.learning_rate ({rate:g3})"));
            }

            if (step % TellEvery == 0 || step == settings.Steps)
            {
                tell(new MetricsLine("warm-start", step, new Dictionary<string, double>
                {
                    ["loss"] = loss, ["learning-rate"] = rate, ["gradient-norm"] = norm,
                }, null));
            }
        }
    }

    /// <summary>Gradients of one batch; the mean loss of its kept chunks' tokens.</summary>
    private static double Step(
        Qwen3MoeModel model, (int[] Ids, TokenChunk[] Chunks, bool[] Keep)[] batch, double routerLoss)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        model.Parameters.ZeroGradients();
        int[][] sequences = [.. batch.Select(each => each.Ids)];
        using TokenBatch tokens = TokenBatch.Of(sequences);
        using NextTokens chosen = NextTokens.Choose(sequences, (row, at) =>
            Array.Exists(batch[row].Chunks, chunk => at >= chunk.Start && at < chunk.Start + chunk.Length));
        ForwardResult result = model.Forward(tokens);
        TokenScores scores = TokenScores.Of(model, result, chosen);
        List<Tensor> chunks = [];
        long from = 0;
        foreach (TokenChunk chunk in batch.SelectMany(each => each.Chunks))
        {
            chunks.Add(scores.LogProbabilities.narrow(0, from, chunk.Length));
            from += chunk.Length;
        }

        Tensor loss = Imitation.Loss(chunks, [.. batch.SelectMany(each => each.Keep)]);
        Tensor total = routerLoss > 0 && RouterLoss.Of(result, model.Config) is { } router
            ? loss + (router * routerLoss)
            : loss;
        total.backward();
        return loss.detach().to(torch.float64).item<double>();
    }
}
