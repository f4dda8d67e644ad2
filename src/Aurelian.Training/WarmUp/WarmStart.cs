using Aurelian.Training.Algorithms;
using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
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

    /// <summary>Trains an engine's model in place.</summary>
    internal static async Task RunAsync(
        IEngine engine, IReadOnlyList<Demonstration> demonstrations, TrainingJob job, Action<MetricsLine> tell,
        CancellationToken cancellationToken)
    {
        WarmStartSettings settings = job.WarmStart;
        ChatFrame frame = new(engine.Tokens);
        (int[] Ids, TokenChunk[] Chunks, bool[] Keep)[] framed = [.. demonstrations.Select(each => each.Frame(frame))];
        await engine.BeginAsync(null, 0, cancellationToken).ConfigureAwait(false);
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

        for (int step = 1; step <= settings.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Random random = Seeds.For(job.Seed, "warm-start", step);
            double rate = LearningRate.At(step, settings.Steps, settings.LearningRate, settings.Steps / 10);
            EngineUpdate update = await engine.UpdateAsync(
                [LessonOf(random.GetItems(framed, settings.Batch))], rate, cancellationToken).ConfigureAwait(false)
                ?? throw new TrainingException(TrainingFailure.Machine, FormattableString.Invariant(
                    $"warm start: the loss or its gradient is no finite number at step {step}: ")
                    + FormattableString.Invariant($"lower warm_start.learning_rate ({rate:g3})"));
            if (step % TellEvery == 0 || step == settings.Steps)
            {
                Dictionary<string, double> values = new() { ["loss"] = update.Loss, ["learning-rate"] = rate };
                if (update.GradientNorm is { } norm)
                {
                    values["gradient-norm"] = norm;
                }

                tell(new MetricsLine("warm-start", step, values, null));
            }
        }
    }

    /// <summary>The mean loss of a batch's kept chunks' tokens.</summary>
    private static Lesson LessonOf((int[] Ids, TokenChunk[] Chunks, bool[] Keep)[] batch) => new(
        [.. batch.Select(each => each.Ids)],
        (row, at) => Array.Exists(batch[row].Chunks, chunk => at >= chunk.Start && at < chunk.Start + chunk.Length),
        scores =>
        {
            List<Tensor> chunks = [];
            long from = 0;
            foreach (TokenChunk chunk in batch.SelectMany(each => each.Chunks))
            {
                chunks.Add(scores.narrow(0, from, chunk.Length));
                from += chunk.Length;
            }

            return Imitation.Loss(chunks, [.. batch.SelectMany(each => each.Keep)]);
        },
        Share: 1, IsWeightedSum: true);
}
