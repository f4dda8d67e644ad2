using Aurelian.Training.Model;
using Aurelian.Training.Model.Parameters;

namespace Aurelian.TrainingTests.Model;

public sealed class AdamWTests
{
    /// <summary>A GPU takes the second way; both are the same update, clipped and decayed.</summary>
    [Fact]
    public void In_one_pass_or_as_tensor_operations_an_update_is_the_same()
    {
        using Qwen3MoeModel one = TinyModels.New(), other = TinyModels.New();
        AdamWSettings settings = new() { WeightDecay = 0.1, ClipNorm = 0.5 };
        one.Parameters.PrepareTraining();
        other.Parameters.PrepareTraining();
        using AdamW direct = new(one.Parameters, settings), tensors = new(other.Parameters, settings, byTensors: true);
        float[] before = Weights(one);
        for (int step = 0; step < 5; step++)
        {
            using (torch.NewDisposeScope())
            {
                one.Parameters.Gradients!.copy_(torch.randn_like(one.Parameters.Gradients));
                other.Parameters.Gradients!.copy_(one.Parameters.Gradients);
            }

            double norm = direct.Step(0.01);
            Assert.Equal(norm, tensors.Step(0.01), 1e-4 * norm);
        }

        Assert.True(TinyModels.Difference(before, Weights(one)) > 1e-2);
        Assert.True(TinyModels.Difference(Weights(one), Weights(other)) < 1e-5);
    }

    private static float[] Weights(Qwen3MoeModel model) => model.Parameters.Weights.data<float>().ToArray();
}
