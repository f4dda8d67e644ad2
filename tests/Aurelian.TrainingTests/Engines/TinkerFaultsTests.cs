using Aurelian.Events;
using Aurelian.Training;
using Aurelian.Training.Engines;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Rollouts;
using Aurelian.TrainingTests.Learning;

namespace Aurelian.TrainingTests.Engines;

public sealed class TinkerFaultsTests
{
    private const int Steps = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_dies_in_a_step_is_told_and_the_run_goes_on_from_the_last_checkpoint()
    {
        List<Trajectory> recorded = TrainerRig.Recorded(Steps);
        TrainingJob job = Job();
        using TrainerRig whole = new(), parted = new();
        await using TinkerRig rig = await TinkerRig.StartAsync(job);
        await using (IEngine engine = await rig.OpenAsync(job))
        {
            await whole.RunAsync(job, engine, new RecordedRollouts(recorded), Token);
        }

        TrainingException told;
        await using (IEngine engine = await rig.OpenAsync(
            job, change: settings => settings with { RetryFor = TimeSpan.FromSeconds(1) }))
        {
            told = await Assert.ThrowsAsync<TrainingException>(() => parted.RunAsync(
                job, engine, new Hooked(recorded, step: 4, rig.Served.StopAsync), Token));
        }

        Assert.Equal(TrainingFailure.Engine, told.Reason);
        Assert.Contains("is not to be reached for 1 s", told.Message, StringComparison.Ordinal);
        Assert.Contains("--resume", told.Message, StringComparison.Ordinal);
        Assert.Equal(2, new CheckpointShelf(Path.Combine(parted.Folder, Trainer.CheckpointsFolder)).LastStep);

        await rig.Served.ListenAsync();
        await using (IEngine engine = await rig.OpenAsync(job))
        {
            await parted.RunAsync(job, engine, new RecordedRollouts(recorded), Token);
        }

        Assert.Contains("resumed after step 2", parted.Said);
        Assert.Equal(Losses(whole), Losses(parted, after: 2).Prepend(Losses(whole)[1]).Prepend(Losses(whole)[0]));
    }

    [Fact]
    public async Task A_server_that_forgot_the_model_is_told_apart_from_one_that_is_away()
    {
        TrainingJob job = Job();
        using TrainerRig rig = new();
        await using TinkerRig served = await TinkerRig.StartAsync(job);
        await using FaultyFront front = await FaultyFront.StartAsync(() => served.Served.Address, []);
        await using IEngine engine = await served.OpenAsync(job, front.Address);

        TrainingException told = await Assert.ThrowsAsync<TrainingException>(() => rig.RunAsync(
            job, engine, new Hooked(TrainerRig.Recorded(Steps), step: 2, async () =>
            {
                await served.Served.StopAsync();
                await served.Served.ListenAsync();
            }), Token));

        Assert.Equal(TrainingFailure.Engine, told.Reason);
        Assert.Contains("there is no model '", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_that_pass_change_no_loss()
    {
        List<Trajectory> recorded = TrainerRig.Recorded(Steps);
        TrainingJob job = Job();
        using TrainerRig calm = new(), rough = new();
        await using TinkerRig rig = await TinkerRig.StartAsync(job);
        await using (IEngine engine = await rig.OpenAsync(job))
        {
            await calm.RunAsync(job, engine, new RecordedRollouts(recorded), Token);
        }

        Fault[] faults = [Fault.Busy, Fault.Broken, Fault.LostAnswer, Fault.TooMany, Fault.Late];
        await using FaultyFront front = await FaultyFront.StartAsync(() => rig.Served.Address, faults);
        await using (IEngine engine = await rig.OpenAsync(job, front.Address))
        {
            await rough.RunAsync(job, engine, new RecordedRollouts(recorded), Token);
        }

        Assert.True(front.Done > 10, $"{front.Done} faults");
        Assert.Equal(Losses(calm), Losses(rough));
    }

    [Fact]
    public async Task A_model_that_is_not_served_and_a_key_that_is_wrong_are_told_before_anything_starts()
    {
        TrainingJob job = Job();
        await using TinkerRig rig = await TinkerRig.StartAsync(job, token: "right");
        TrainingException refused = await Assert.ThrowsAsync<TrainingException>(() => rig.OpenAsync(job));
        Assert.Equal(TrainingFailure.BadInput, refused.Reason);
        Assert.Contains("engine.api_key_variable", refused.Message, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable("AURELIAN_TEST_KEY", "tml-right");
        try
        {
            TrainingException unknown = await Assert.ThrowsAsync<TrainingException>(() => rig.OpenAsync(job,
                change: settings => settings with { BaseModel = "large", KeyVariable = "AURELIAN_TEST_KEY" }));
            Assert.Contains("has no 'large'; it has tiny", unknown.Message, StringComparison.Ordinal);
            TrainingJob longer = job with { Algorithm = job.Algorithm with { ContextTokens = 10_000 } };
            TrainingException tooLong = await Assert.ThrowsAsync<TrainingException>(() => rig.OpenAsync(longer,
                change: settings => settings with { KeyVariable = "AURELIAN_TEST_KEY" }));
            Assert.Contains("algorithm.context_tokens (10000)", tooLong.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("AURELIAN_TEST_KEY", null);
        }
    }

    [Fact]
    public async Task A_loss_that_is_no_number_reaches_no_server_and_leaves_its_weights()
    {
        TrainingJob job = Job();
        job = job with { Algorithm = job.Algorithm with { VersionGapMax = 1, Name = "grpo" } };
        List<Trajectory> good = TrainerRig.Recorded(2);
        List<Trajectory> poisoned = [.. good.Select(each => each.Step == 1
            ? each with { LogProbs = [.. each.LogProbs.Select(_ => double.NaN)] } : each with { Version = 0 })];
        using TrainerRig rig = new();
        await using TinkerRig served = await TinkerRig.StartAsync(job);
        await using IEngine engine = await served.OpenAsync(job);

        await rig.RunAsync(job, engine, new RecordedRollouts(poisoned), Token);

        Assert.Contains(rig.Lines[0].Notes!, note => note.Contains("no finite number", StringComparison.Ordinal));
        Assert.Equal(1, rig.Lines[1].Values["updates"]);
        Assert.True(double.IsFinite(rig.Lines[1].Values["loss"]));
    }

    private static TrainingJob Job()
    {
        TrainingJob job = TrainerRig.Job(Steps);
        return job with { Algorithm = job.Algorithm with { RouterLoss = 0 } };
    }

    private static double[] Losses(TrainerRig rig, int after = 0) =>
        [.. rig.Lines.Where(line => line.Step > after && line.Values.ContainsKey("loss"))
            .GroupBy(line => line.Step).Select(step => step.Last().Values["loss"])];

    /// <summary>Does something in the middle of one step.</summary>
    private sealed class Hooked(IEnumerable<Trajectory> recorded, int step, Func<Task> act) : IRollouts
    {
        private readonly RecordedRollouts _inner = new(recorded);

        public async Task<IReadOnlyList<Trajectory>> RollAsync(
            IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken)
        {
            if (requests is [{ Attempt: 0 } first, ..] && first.Step == step)
            {
                await act();
            }

            return await _inner.RollAsync(requests, cancellationToken);
        }

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) => _inner.JudgeAgainAsync(episode, cancellationToken);
    }
}
