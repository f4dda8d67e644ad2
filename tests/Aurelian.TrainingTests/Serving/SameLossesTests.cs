using System.Text.Json.Nodes;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Model;
using Aurelian.Training.Model.Parameters;
using Aurelian.Training.Rollouts;
using Aurelian.TrainingTests.Learning;
using Aurelian.TrainingTests.Model;

namespace Aurelian.TrainingTests.Serving;

public sealed class SameLossesTests
{
    private const int Steps = 4;
    private const double Rate = 5e-3;

    /// <summary>
    /// REINFORCE's mean over tokens is the protocol's weighted sum with weights A / tokens. Adam divides by gradients'
    /// sizes, so single rounding errors grow with the steps: 1e-4 of the loss after four.
    /// </summary>
    [Fact]
    public async Task The_same_batches_through_the_server_give_the_learner_s_losses()
    {
        using Qwen3MoeModel model = TinyModels.New();
        await using ServedRig rig = await ServedRig.StartAsync(model);
        string served = await rig.CreateAsync(rank: 0);
        model.Parameters.PrepareTraining();
        using AdamW optimiser = new(model.Parameters, new AdamWSettings { WeightDecay = 0.01 });
        AlgorithmSettings settings = TrainerRig.Job(Steps, algorithm: "reinforce").Algorithm with { RouterLoss = 0 };
        Learner learner = new(model, optimiser, settings);
        foreach (IGrouping<int, Trajectory> step in TrainerRig.Recorded(Steps).GroupBy(each => each.Step))
        {
            GatedEpisode[] batch = [.. step.Select((each, at) => new GatedEpisode(each, 0, true, true, (at % 3) - 1))];
            LearningResult here = learner.Update(batch, Rate)!;
            int tokens = batch.Sum(each => each.Trajectory.LogProbs.Length);
            JsonNode there = await rig.DoAsync("forward_backward", new
            {
                model_id = served,
                forward_backward_input = new
                {
                    loss_fn = "cross_entropy", data = batch.Select(each => Datum(each, tokens)),
                },
            });
            JsonNode stepped = await rig.DoAsync("optim_step", new
            {
                model_id = served,
                adam_params = new
                {
                    learning_rate = Rate, beta1 = 0.9, beta2 = 0.95, eps = 1e-8, weight_decay = 0.01,
                    grad_clip_norm = 1.0,
                },
            });
            Assert.Equal(here.Loss, (double)there["metrics"]!["loss:sum"]!, 1e-4 * Math.Max(1, Math.Abs(here.Loss)));
            Assert.Equal(
                here.GradientNorm, (double)stepped["metrics"]!["grad_norm:mean"]!, 1e-3 * here.GradientNorm);
        }
    }

    private static object Datum(GatedEpisode episode, int tokens)
    {
        int[] ids = episode.Trajectory.Ids;
        return new
        {
            model_input = new { chunks = new[] { new { type = "encoded_text", tokens = ids[..^1] } } },
            loss_fn_inputs = new
            {
                target_tokens = new { data = ids[1..], dtype = "int64" },
                weights = new
                {
                    data = Enumerable.Range(1, ids.Length - 1).Select(at => episode.Trajectory.Chunks.Any(chunk =>
                        at >= chunk.Start && at < chunk.Start + chunk.Length) ? episode.Advantage / tokens : 0),
                    dtype = "float32",
                },
            },
        };
    }
}
