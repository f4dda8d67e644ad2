using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Generation;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.TrainingBench;

/// <summary>What both programs do, on the same tokens.</summary>
internal sealed class Workload(Qwen3MoeModel model, AdamW optimiser)
{
    /// <returns>Tokens trained on, and the last loss.</returns>
    internal (long Tokens, double Check) Train(int steps, int rows, int length)
    {
        int[][] sequences = Tokens(rows, length);
        double loss = 0;
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            model.Parameters.ZeroGradients();
            using TokenBatch batch = TokenBatch.Of(sequences);
            using NextTokens all = NextTokens.Choose(sequences, (_, _) => true);
            Tensor mean = -TokenScores.LogProbabilitiesOf(model, model.Forward(batch), all).mean();
            mean.backward();
            optimiser.Step(1e-4);
            loss = mean.item<float>();
        }

        return ((long)steps * rows * length, loss);
    }

    /// <returns>New tokens, and the sum of their ids.</returns>
    internal (long Tokens, double Check) Generate(int rows, int prompt, int length)
    {
        IReadOnlyList<Continuation> texts = TextGenerator.Generate(
            model, Tokens(rows, prompt), new GenerationOptions { Temperature = 0, NewTokensMax = length }, seed: 0);
        return ((long)rows * length, texts.Sum(text => text.Tokens.Sum(token => (double)token.Id)));
    }

    private int[][] Tokens(int rows, int length) =>
    [
        .. Enumerable.Range(0, rows).Select(row => Enumerable.Range(row * length, length)
            .Select(at => (int)(((at * 7919L) + 13) % model.Config.VocabularySize)).ToArray()),
    ];
}
