using Aurelian.Training.Serving;

namespace Aurelian.Training.Engines.Tinker;

/// <summary>
/// Lessons in the protocol's words. A server knows a handful of losses and the trainer has its own; the chain rule
/// parts them: from the server come the tokens' log-probabilities l, here are taken the loss L(l) and g = ∂L/∂l, and
/// <c>importance_sampling</c> with advantages −g and sampling log-probs l has exactly L's gradient, since its ratio
/// is 1. Where g is the same for every l, <c>cross_entropy</c> with weights −g does it in one pass.
/// </summary>
internal static class TinkerLessons
{
    /// <summary>Of one request: some megabytes of JSON. A lesson's gradients add up over several.</summary>
    private const int TokensMax = 100_000;

    /// <summary>What scores a lesson's tokens: its batches, rows in their order.</summary>
    internal static IEnumerable<WireBatch> ToScore(Lesson lesson) => Batches(
        lesson, "cross_entropy", (row, at, _) => [("weights", lesson.Teaches(row, at) ? 1 : 0)]);

    /// <summary>What has the gradient of the lesson's loss.</summary>
    /// <param name="scores">(M), as the server gave them.</param>
    /// <param name="gradient">(M), of the loss by the scores.</param>
    internal static IEnumerable<WireBatch> ToTeach(Lesson lesson, float[] scores, float[] gradient) =>
        lesson.IsWeightedSum
            ? Batches(lesson, "cross_entropy", (_, _, taught) => [("weights", taught is { } m ? -gradient[m] : 0)])
            : Batches(lesson, "importance_sampling", (_, _, taught) =>
            [
                ("logprobs", taught is { } m ? scores[m] : 0), ("advantages", taught is { } n ? -gradient[n] : 0),
            ]);

    /// <summary>(M), the taught tokens' log-probabilities out of a server's answers to a lesson's batches.</summary>
    internal static float[] Scores(Lesson lesson, IReadOnlyList<DatumScores> answers)
    {
        List<float> scores = [];
        int datum = 0;
        foreach ((int row, int[] ids) in Rows(lesson))
        {
            double[]? given = datum < answers.Count ? answers[datum++].Logprobs?.Data : null;
            if (given?.Length != ids.Length - 1)
            {
                throw new TrainingException(TrainingFailure.Engine,
                    $"the engine's server scored {given?.Length ?? 0} tokens of a sequence that asked for "
                    + $"{ids.Length - 1}");
            }

            scores.AddRange(Enumerable.Range(1, ids.Length - 1).Where(at => lesson.Teaches(row, at))
                .Select(at => (float)given[at - 1]));
        }

        return [.. scores];
    }

    /// <summary>The loss at these scores, and its gradient by them. (M)</summary>
    internal static (double Loss, float[] Gradient) Differentiate(Lesson lesson, float[] scores)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor leaf = torch.tensor(scores, requires_grad: true);
        Tensor loss = lesson.Loss(leaf);
        loss.backward();
        return (loss.detach().to(torch.float64).item<double>(), leaf.grad!.data<float>().ToArray());
    }

    internal static int Count(Lesson lesson) => Rows(lesson).Sum(each =>
        Enumerable.Range(1, each.Ids.Length - 1).Count(at => lesson.Teaches(each.Row, at)));

    /// <summary>Those that teach something.</summary>
    private static IEnumerable<(int Row, int[] Ids)> Rows(Lesson lesson) => lesson.Sequences
        .Select((ids, row) => (Row: row, Ids: ids))
        .Where(each => Enumerable.Range(1, Math.Max(0, each.Ids.Length - 1)).Any(at => lesson.Teaches(each.Row, at)));

    /// <param name="values">Of a token, by its row, its place and its index among the taught ones.</param>
    private static IEnumerable<WireBatch> Batches(
        Lesson lesson, string loss, Func<int, int, int?, (string Name, double Value)[]> values)
    {
        List<WireDatum> data = [];
        int tokens = 0, taught = 0;
        foreach ((int row, int[] ids) in Rows(lesson))
        {
            if (tokens > 0 && tokens + ids.Length > TokensMax)
            {
                yield return new WireBatch([.. data], loss);
                data.Clear();
                tokens = 0;
            }

            Dictionary<string, double[]> columns = new() { ["target_tokens"] = [.. ids[1..].Select(id => (double)id)] };
            for (int at = 1; at < ids.Length; at++)
            {
                foreach ((string name, double value) in values(row, at, lesson.Teaches(row, at) ? taught++ : null))
                {
                    if (!columns.TryGetValue(name, out double[]? column))
                    {
                        columns[name] = column = new double[ids.Length - 1];
                    }

                    column[at - 1] = value;
                }
            }

            data.Add(new WireDatum(
                new WirePrompt([new WireChunk(ids[..^1])]),
                columns.ToDictionary(each => each.Key, each => new WireTensor(
                    each.Value, each.Key == "target_tokens" ? "int64" : "float32", [each.Value.Length]))));
            tokens += ids.Length;
        }

        if (data.Count > 0)
        {
            yield return new WireBatch([.. data], loss);
        }
    }
}
