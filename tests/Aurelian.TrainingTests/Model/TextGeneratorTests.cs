using Aurelian.Training.Model;
using Aurelian.Training.Model.Generation;

namespace Aurelian.TrainingTests.Model;

public sealed class TextGeneratorTests
{
    private static readonly int[][] Prompts =
        [TinyModels.Tokens(1, 3), TinyModels.Tokens(2, 17), TinyModels.Tokens(3, 1), TinyModels.Tokens(4, 9)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Cached_ragged_generation_equals_reading_the_whole_text_anew(double temperature)
    {
        using Qwen3MoeModel model = TinyModels.New();
        GenerationOptions options = new() { NewTokensMax = 20, Temperature = temperature };

        IReadOnlyList<Continuation> texts = TextGenerator.Generate(model, Prompts, options, seed: 3);

        Assert.All(texts.Zip(Prompts), pair => Assert.Equal(20, pair.First.Tokens.Count));
        foreach ((Continuation text, int[] prompt) in texts.Zip(Prompts))
        {
            int[] whole = [.. prompt, .. text.Tokens.Select(token => token.Id)];
            float[] logits = TinyModels.Logits(model, whole);
            for (int i = 0; i < text.Tokens.Count; i++)
            {
                ReadOnlySpan<float> row = logits.AsSpan((prompt.Length + i - 1) * 61, 61);
                double sum = 0;
                int best = 0;
                for (int id = 0; id < row.Length; id++)
                {
                    sum += Math.Exp(row[id]);
                    best = row[id] > row[best] ? id : best;
                }

                SampledToken token = text.Tokens[i];
                Assert.Equal(row[token.Id] - Math.Log(sum), token.LogProbability, 1e-4);
                Assert.True(temperature > 0 || best == token.Id);
            }
        }
    }

    [Fact]
    public async Task A_text_does_not_depend_on_its_neighbours_or_on_when_it_joined()
    {
        using Qwen3MoeModel model = TinyModels.New();
        GenerationOptions options = new() { NewTokensMax = 15 };
        using TextGenerator together = new(model);
        Task<Continuation> first = Assert.Single(together.Add([(Prompts[1], new Random(1))], options));
        together.Step();
        together.Step();
        Task<Continuation> late = Assert.Single(together.Add([(Prompts[0], new Random(2))], options));
        while (together.Active > 0)
        {
            together.Step();
        }

        using TextGenerator alone = new(model);
        Task<Continuation> same = Assert.Single(alone.Add([(Prompts[0], new Random(2))], options));
        while (alone.Active > 0)
        {
            alone.Step();
        }

        Assert.True(first.IsCompletedSuccessfully);
        Assert.Equal(Ids(await same), Ids(await late));
    }

    [Fact]
    public void A_text_ends_at_a_stop_token_a_sequence_a_rule_or_the_models_end()
    {
        using Qwen3MoeModel model = TinyModels.New();
        int[] free = Ids(Continue(model, new GenerationOptions { Temperature = 0, NewTokensMax = 12 }));

        Continuation token = Continue(model, new GenerationOptions
        {
            Temperature = 0, NewTokensMax = 12, StopTokens = new HashSet<int> { free[3] },
        });
        Continuation sequence = Continue(model, new GenerationOptions
        {
            Temperature = 0, NewTokensMax = 12, StopSequences = [[free[4], free[5]]],
        });
        Continuation rule = Continue(model, new GenerationOptions
        {
            Temperature = 0, NewTokensMax = 12, StopWhen = ids => ids.Count == 2,
        });
        Continuation context = Continue(model, new GenerationOptions { Temperature = 0, NewTokensMax = 10_000 });

        Assert.Equal(free[3], token.Tokens[^1].Id);
        Assert.Equal(FinishReason.Stop, token.Finish);
        Assert.Equal([free[4], free[5]], Ids(sequence)[^2..]);
        Assert.Equal(2, rule.Tokens.Count);
        Assert.Equal(FinishReason.Context, context.Finish);
        Assert.Equal(200, Prompts[1].Length + context.Tokens.Count);
    }

    [Fact]
    public void Top_k_and_top_p_draw_only_from_the_most_probable_and_say_with_what_probability()
    {
        float[] logits = [.. new[] { 0.5, 0.3, 0.15, 0.05 }.Select(p => (float)Math.Log(p))];
        Random random = new(1);
        TokenSampler topK = new(new GenerationOptions { TopK = 2 });
        TokenSampler topP = new(new GenerationOptions { TopP = 0.81 });
        TokenSampler cold = new(new GenerationOptions { Temperature = 0.5 });

        SampledToken[] byK = [.. Enumerable.Range(0, 2000).Select(_ => topK.Draw(logits, random))];
        SampledToken[] byP = [.. Enumerable.Range(0, 2000).Select(_ => topP.Draw(logits, random))];
        SampledToken[] byTemperature = [.. Enumerable.Range(0, 2000).Select(_ => cold.Draw(logits, random))];

        Assert.Equal([0, 1], byK.Select(token => token.Id).Distinct().Order());
        Assert.Equal([0, 1, 2], byP.Select(token => token.Id).Distinct().Order());
        Assert.Equal(Math.Log(0.5 / 0.8), byK.First(token => token.Id == 0).SampledLogProbability, 1e-6);
        Assert.Equal(Math.Log(0.5), byK.First(token => token.Id == 0).LogProbability, 1e-6);
        Assert.InRange(byK.Count(token => token.Id == 0) / 2000.0, 0.585, 0.665);
        double squares = 0.25 + 0.09 + 0.0225 + 0.0025;
        Assert.Equal(
            Math.Log(0.25 / squares), byTemperature.First(token => token.Id == 0).SampledLogProbability, 1e-6);
    }

    [Fact]
    public void Generating_leaks_no_tensor()
    {
        using Qwen3MoeModel model = TinyModels.New();
        GenerationOptions options = new() { NewTokensMax = 30 };
        TextGenerator.Generate(model, Prompts, options, seed: 1);
        long tensors = Tensor.TotalCount;

        TextGenerator.Generate(model, Prompts, options, seed: 2);

        Assert.Equal(tensors, Tensor.TotalCount);
    }

    [Fact]
    public void Broken_weights_are_said_to_be_broken()
    {
        using Qwen3MoeModel model = TinyModels.New();
        using (torch.no_grad())
        {
            model.Parameters.Weights.fill_(float.NaN);
        }

        Assert.Contains("not finite", Assert.Throws<Training.TrainingException>(
            () => Continue(model, new GenerationOptions())).Message, StringComparison.Ordinal);
    }

    private static Continuation Continue(Qwen3MoeModel model, GenerationOptions options) =>
        TextGenerator.Generate(model, [Prompts[1]], options, seed: 1)[0];

    private static int[] Ids(Continuation text) => [.. text.Tokens.Select(token => token.Id)];
}
