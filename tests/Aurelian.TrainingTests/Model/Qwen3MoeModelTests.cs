using Aurelian.Training.Model;
using Aurelian.Training.Model.Batches;
using Aurelian.Training.Model.Layers;
using Aurelian.Training.Model.Losses;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.TrainingTests.Model;

public sealed class Qwen3MoeModelTests
{
    [Fact]
    public void A_sequence_has_the_same_numbers_alone_and_beside_longer_ones()
    {
        using Qwen3MoeModel model = TinyModels.New();
        int[] shorter = TinyModels.Tokens(1, 7);

        float[] alone = TinyModels.Logits(model, shorter);
        float[] beside = TinyModels.Logits(model, TinyModels.Tokens(2, 19), shorter);

        Assert.InRange(TinyModels.Difference(alone, beside[(19 * 61)..]), 0, 1e-5);
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 0, 0 })]
    [InlineData(new[] { 0, 0, 1, 1, 1 })]
    [InlineData(new[] { 0, 1, 1, 0, 1 })]
    public void Padding_changes_no_number_wherever_it_stands(int[] mask)
    {
        using Qwen3MoeModel model = TinyModels.New();
        using DisposeScope scope = torch.NewDisposeScope();
        int[] tokens = TinyModels.Tokens(3, 3);
        int next = 0;
        long[] padded = [.. mask.Select(real => real == 1 ? tokens[next++] : 60L)];

        using TokenBatch batch = TokenBatch.OfPadded(
            torch.tensor(padded).unsqueeze(0), torch.tensor(mask).unsqueeze(0));
        float[] logits = model.Logits(model.Forward(batch).Hidden).data<float>().ToArray();

        Assert.Equal(TinyModels.Logits(model, tokens), logits);
    }

    [Fact]
    public void Attention_looks_only_back()
    {
        using Qwen3MoeModel model = TinyModels.New();
        int[] tokens = TinyModels.Tokens(4, 12);
        int[] other = [.. tokens[..11], (tokens[11] + 1) % 61];

        float[] before = TinyModels.Logits(model, tokens);
        float[] after = TinyModels.Logits(model, other);

        Assert.InRange(TinyModels.Difference(before[..(11 * 61)], after[..(11 * 61)]), 0, 1e-6);
        Assert.True(TinyModels.Difference(before, after) > 1e-3);
    }

    [Fact]
    public void Replayed_expert_choices_are_used_whatever_the_router_would_choose()
    {
        using Qwen3MoeModel model = TinyModels.New();
        using DisposeScope scope = torch.NewDisposeScope();
        using TokenBatch batch = TokenBatch.Of(TinyModels.Tokens(5, 9));
        ForwardResult first = model.Forward(batch);

        ForwardResult same = model.Forward(batch, [.. first.Routings.Select(routing => routing.Choices)]);
        Tensor[] others = [.. first.Routings.Select(routing => (routing.Choices + 1).remainder(6))];
        ForwardResult forced = model.Forward(batch, others);

        Assert.True(torch.allclose(first.Hidden, same.Hidden, 0, 0));
        Assert.False(torch.allclose(first.Hidden, forced.Hidden));
        Assert.True(torch.allclose(others[1], forced.Routings[1].Choices, 0, 0));
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using Qwen3MoeModel model = TinyModels.New();
        int[][] sequences = [TinyModels.Tokens(6, 8), TinyModels.Tokens(7, 5)];
        // A step may not change which experts are chosen: the loss has a jump there.
        using TokenBatch batch = TokenBatch.Of(sequences);
        using ForwardResult chosen = model.Forward(batch);
        Tensor[] choices = [.. chosen.Routings.Select(routing => routing.Choices)];
        model.Parameters.PrepareTraining();
        Loss(model, sequences, backward: true, choices);

        foreach (NamedParameter parameter in model.Parameters.Published.Where((_, i) => i % 9 == 0))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using IDisposable noGradient = torch.no_grad();
            Tensor value = parameter.Value.flatten();
            Tensor gradient = parameter.Gradient!.flatten();
            long at = gradient.abs().argmax().item<long>();
            const float step = 3e-3f;
            float original = value[at].item<float>();
            value[at] = original + step;
            double above = Loss(model, sequences, backward: false, choices);
            value[at] = original - step;
            double below = Loss(model, sequences, backward: false, choices);
            value[at] = original;

            double expected = (above - below) / (2 * step);
            Assert.InRange(
                gradient[at].item<float>(), expected - 2e-3 - (0.05 * Math.Abs(expected)),
                expected + 2e-3 + (0.05 * Math.Abs(expected)));
        }
    }

    [Fact]
    public void A_second_backward_pass_adds_to_the_gradients()
    {
        using Qwen3MoeModel model = TinyModels.New();
        int[][] sequences = [TinyModels.Tokens(8, 10)];
        model.Parameters.PrepareTraining();

        Loss(model, sequences, backward: true);
        using Tensor once = model.Parameters.Gradients!.clone();
        Loss(model, sequences, backward: true);
        using Tensor twice = model.Parameters.Gradients!.clone();
        model.Parameters.ZeroGradients();

        Assert.True(once.abs().max().item<float>() > 0);
        Assert.True(torch.allclose(once * 2, twice, 1e-4, 1e-6));
        Assert.Equal(0, model.Parameters.Gradients!.abs().max().item<float>());
    }

    [Fact]
    public void Training_steps_lower_the_loss_and_leak_no_tensor()
    {
        using Qwen3MoeModel model = TinyModels.New();
        int[][] sequences = [TinyModels.Tokens(9, 16), TinyModels.Tokens(10, 11)];
        model.Parameters.PrepareTraining();
        using AdamW optimiser = new(model.Parameters, new AdamWSettings { WeightDecay = 0.01 });
        double first = Step(model, optimiser, sequences);
        long tensors = Tensor.TotalCount;
        double last = 0;
        for (int step = 0; step < 20; step++)
        {
            last = Step(model, optimiser, sequences);
        }

        Assert.True(last < first - 1, $"{first} → {last}");
        Assert.Equal(tensors, Tensor.TotalCount);
    }

    private static double Step(Qwen3MoeModel model, AdamW optimiser, int[][] sequences)
    {
        model.Parameters.ZeroGradients();
        double loss = Loss(model, sequences, backward: true);
        optimiser.Step(0.01);
        return loss;
    }

    private static double Loss(
        Qwen3MoeModel model, int[][] sequences, bool backward, IReadOnlyList<Tensor>? replay = null)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using TokenBatch batch = TokenBatch.Of(sequences);
        using NextTokens chosen = NextTokens.Choose(sequences, (_, _) => true);
        ForwardResult result = model.Forward(batch, replay);
        Tensor loss = (RouterLoss.Of(result, model.Config)! * 0.01)
            - TokenScores.Of(model, result, chosen).LogProbabilities.mean();
        if (backward)
        {
            loss.backward();
        }

        return loss.item<float>();
    }
}
