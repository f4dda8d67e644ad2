using Aurelian.Events;
using Aurelian.Training;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Monitoring;
using Aurelian.Training.Recording;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Learning;

public sealed class TrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ipa")]
    [InlineData("grpo")]
    [InlineData("gspo")]
    [InlineData("reinforce")]
    public async Task A_resumed_run_equals_an_uninterrupted_one_bit_for_bit(string algorithm)
    {
        List<Trajectory> recorded = TrainerRig.Recorded(6);
        using TrainerRig whole = new(), parted = new();
        float[] uninterrupted = await whole.RunAsync(
            TrainerRig.Job(6, algorithm: algorithm), new RecordedRollouts(recorded), Token);

        await Assert.ThrowsAsync<IOException>(() => parted.RunAsync(
            TrainerRig.Job(6, algorithm: algorithm), new Breaking(recorded, breaksAt: 4), Token));
        float[] resumed = await parted.RunAsync(
            TrainerRig.Job(6, algorithm: algorithm), new RecordedRollouts(recorded), Token);

        Assert.Contains("resumed after step 2", parted.Said);
        Assert.Equal(uninterrupted, resumed);
        Assert.Equal([1, 2, 3, 4, 5, 6], RunMetrics.ReadMetrics(parted.Folder)
            .Where(line => line.Kind == "step").Select(line => line.Step));
    }

    [Fact]
    public async Task A_checkpoint_that_was_cut_short_is_none_and_the_last_good_one_stands()
    {
        List<Trajectory> recorded = TrainerRig.Recorded(4);
        using TrainerRig rig = new();
        await Assert.ThrowsAsync<IOException>(() => rig.RunAsync(
            TrainerRig.Job(4), new Breaking(recorded, breaksAt: 3), Token));
        string partial = Path.Combine(rig.Folder, Trainer.CheckpointsFolder, "step-000004.partial");
        Directory.CreateDirectory(partial);
        await File.WriteAllTextAsync(Path.Combine(partial, "model.safetensors"), "cut sho", Token);

        await rig.RunAsync(TrainerRig.Job(4), new RecordedRollouts(recorded), Token);

        Assert.Contains("resumed after step 2", rig.Said);
        Assert.False(Directory.Exists(partial));
    }

    [Fact]
    public async Task Where_nobody_did_better_than_another_nothing_is_learnt_and_that_is_said()
    {
        List<Trajectory> alike = [.. TrainerRig.Recorded(2).Select(each => each with { Tests = 1 })];
        using TrainerRig rig = new(), untouched = new();

        float[] after = await rig.RunAsync(TrainerRig.Job(2), new RecordedRollouts(alike), Token);

        Assert.Equal(await untouched.RunAsync(TrainerRig.Job(2), new RecordedRollouts([]), Token), after);
        Assert.All(rig.Lines, line => Assert.Contains(line.Notes!, note =>
            note.StartsWith("no update", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_changes_no_weight_and_is_said()
    {
        List<Trajectory> poisoned = [.. TrainerRig.Recorded(1).Select(each => each with
        {
            LogProbs = [.. each.LogProbs.Select(_ => double.NaN)],
        })];
        using TrainerRig rig = new(), untouched = new();
        TrainingJob job = TrainerRig.Job(1, algorithm: "grpo");
        // With a gap in versions the ratio is taken to what the sampler said.
        job = job with { Algorithm = job.Algorithm with { VersionGapMax = 1 } };

        float[] after = await rig.RunAsync(job, new RecordedRollouts(poisoned), Token);

        Assert.Equal(await untouched.RunAsync(job, new RecordedRollouts([]), Token), after);
        Assert.Contains(rig.Lines, line => line.Notes!.Any(note =>
            note.Contains("no finite number", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_loss_that_stays_no_number_stops_the_run_and_its_last_checkpoint_stands()
    {
        List<Trajectory> healthy = TrainerRig.Recorded(8);
        List<Trajectory> poisoned = [.. healthy.Select(each => each.Step < 4 ? each : each with
        {
            LogProbs = [.. each.LogProbs.Select(_ => double.NaN)],
        })];
        using TrainerRig rig = new(), untouched = new();
        TrainingJob job = TrainerRig.Job(8, checkpointEvery: 3, algorithm: "grpo");
        job = job with { Algorithm = job.Algorithm with { VersionGapMax = 1 } };

        TrainingException stopped = await Assert.ThrowsAsync<TrainingException>(
            () => rig.RunAsync(job, new RecordedRollouts(poisoned), Token));

        Assert.Equal(TrainingFailure.Machine, stopped.Reason);
        Assert.Contains("in 3 updates on end, up to step 6", stopped.Message, StringComparison.Ordinal);
        float[] after = await rig.RunAsync(job, new RecordedRollouts(healthy), Token);
        Assert.Contains("resumed after step 3", rig.Said);
        Assert.Equal(await untouched.RunAsync(job, new RecordedRollouts(healthy), Token), after);
    }

    [Fact]
    public async Task A_verdict_that_comes_late_marks_its_updates_and_a_rollback_learns_without_it()
    {
        List<Trajectory> recorded = TrainerRig.Recorded(6);
        using TrainerRig rig = new(), clean = new();
        await rig.RunAsync(TrainerRig.Job(6), new Late(recorded, "r/e3-1", afterUpdate: 4), Token);

        using (TaintLedger ledger = TaintLedger.Open(rig.Folder))
        {
            Assert.Equal([3], ledger.TaintedUpdates);
        }

        Assert.Contains(rig.Lines, line => line.Notes?.Any(note =>
            note.StartsWith("late verdict: r/e3-1", StringComparison.Ordinal)) == true);
        Assert.Equal(2, Rollback.To(rig.Folder, update: 3));
        await rig.RunAsync(TrainerRig.Job(6), new RecordedRollouts(recorded), Token);
        using TaintLedger after = TaintLedger.Open(rig.Folder);
        Assert.DoesNotContain("r/e3-1", after.EpisodesOf(3));
        Assert.Contains("r/e3-2", after.EpisodesOf(3));
    }

    [Fact]
    public async Task A_late_verdict_marks_the_updates_of_memoised_repeats_too()
    {
        List<Trajectory> recorded = [.. TrainerRig.Recorded(6).Select(each =>
            each.Episode == "r/e3-1" ? each with { Episode = "r/e2-1", Memoised = true } : each)];
        using TrainerRig rig = new();
        await rig.RunAsync(TrainerRig.Job(6), new Late(recorded, "r/e2-1", afterUpdate: 4), Token);

        using (TaintLedger ledger = TaintLedger.Open(rig.Folder))
        {
            Assert.Equal([2, 3], ledger.TaintedUpdates);
        }

        Assert.Equal(0, Rollback.To(rig.Folder, update: 2));
        await rig.RunAsync(TrainerRig.Job(6), new RecordedRollouts(recorded), Token);
        using TaintLedger after = TaintLedger.Open(rig.Folder);
        Assert.DoesNotContain("r/e2-1", after.EpisodesOf(2).Concat(after.EpisodesOf(3)));
        Assert.Empty(after.TaintedUpdates);
    }

    [Fact]
    public async Task A_verdict_that_is_not_final_at_the_deadline_is_left_out()
    {
        List<Trajectory> recorded = [.. TrainerRig.Recorded(1)
            .Select((each, index) => index == 0 ? each with { Final = false } : each)];
        using TrainerRig rig = new();

        await rig.RunAsync(TrainerRig.Job(1), new RecordedRollouts(recorded), Token);

        Assert.Contains(rig.Lines, line => line.Notes?.Any(note =>
            note.StartsWith("left out: r/e1-0", StringComparison.Ordinal)) == true);
    }

    [Fact]
    public async Task Rollouts_of_too_old_a_policy_teach_nothing_even_those_of_the_first()
    {
        List<Trajectory> old = [.. TrainerRig.Recorded(3).Select(each => each with { Version = 0 })];
        using TrainerRig rig = new();

        await rig.RunAsync(TrainerRig.Job(3), new RecordedRollouts(old), Token);

        Assert.Equal([1, 1, 1], rig.Lines.Where(line => line.Kind == "step").Select(line => line.Values["updates"]));
        Assert.Contains(rig.Lines[^1].Notes!, note => note.EndsWith("0 updates old", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shift_of_behaviour_is_told_to_the_run_and_counted_in_the_metrics()
    {
        List<Trajectory> shifted = [.. TrainerRig.Recorded(8)
            .Select(each => each.Step == 8 ? each with { Denied = 40 } : each)];
        using TrainerRig rig = new();
        Drifting rollouts = new(shifted);

        await rig.RunAsync(TrainerRig.Job(8), rollouts, Token);

        Assert.Contains((8, "denied"), rollouts.Alarms);
        Assert.Equal(rollouts.Alarms.Count(alarm => alarm.Step == 8), rig.Lines[^1].Values["drift-alarms"]);
    }

    [Fact]
    public async Task A_job_that_searches_for_crucial_chunks_starts_before_them()
    {
        using TrainerRig rig = new();
        string shown = Path.Combine(rig.Folder, "shown.jsonl");
        await File.WriteAllTextAsync(shown, """
            {"kind":"right","instruction":"Do it.","turns":[{"command":"a","output":""},{"command":"b","output":""}]}
            """, Token);
        TrainingJob job = TrainerRig.Job(12);
        job = job with
        {
            WarmStart = job.WarmStart with { Demonstrations = shown },
            Algorithm = job.Algorithm with { Start = StartKind.Crucial },
        };
        SecondDecides rollouts = new();

        await rig.RunAsync(job, rollouts, Token);

        Assert.Equal([0, 0, 1, 2], rollouts.Starts[0]);
        Assert.Equal([1, 1, 0, 0], rollouts.Starts[^1]);
    }

    /// <summary>Keeps the alarms that it is told.</summary>
    private sealed class Drifting(IEnumerable<Trajectory> recorded) : IRollouts
    {
        private readonly RecordedRollouts _inner = new(recorded);

        internal List<(int Step, string Name)> Alarms { get; } = [];

        public Task<IReadOnlyList<Trajectory>> RollAsync(
            IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken) =>
            _inner.RollAsync(requests, cancellationToken);

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) => _inner.JudgeAgainAsync(episode, cancellationToken);

        public void ReportDrift(int step, DriftAlarm alarm) => Alarms.Add((step, alarm.Name));
    }

    /// <summary>Only an episode that an expert gave its second command succeeds.</summary>
    private sealed class SecondDecides : IRollouts
    {
        internal List<int[]> Starts { get; } = [];

        public Task<IReadOnlyList<Trajectory>> RollAsync(
            IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken)
        {
            // Without held-out tasks an evaluation asks for nothing.
            if (requests.Count > 0)
            {
                Starts.Add([.. requests.Where(each => each.Group == 0).Select(each => each.Prefix?.Count ?? 0)]);
            }

            return Task.FromResult<IReadOnlyList<Trajectory>>([.. requests.Select((request, index) =>
                TrainerRig.Recorded(1)[index] with
                {
                    Episode = $"r/{request.Step}-{index}", Task = request.Task.Name, Step = request.Step,
                    Group = request.Group, Version = request.Step - 1, PrefixChunks = request.Prefix?.Count ?? 0,
                    Tests = request.Prefix?.Count == 2 ? 1 : 0,
                })]);
        }

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) => Task.FromResult<(VerdictState, bool)?>(null);
    }

    /// <summary>Breaks as a machine does: in the middle of a step.</summary>
    private sealed class Breaking(IEnumerable<Trajectory> recorded, int breaksAt) : IRollouts
    {
        private readonly RecordedRollouts _inner = new(recorded);

        public Task<IReadOnlyList<Trajectory>> RollAsync(
            IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken) =>
            requests is [{ } first, ..] && first.Step == breaksAt
                ? throw new IOException("no space left on device")
                : _inner.RollAsync(requests, cancellationToken);

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) => _inner.JudgeAgainAsync(episode, cancellationToken);
    }

    /// <summary>One episode's verdict turns after the rollouts of a step were asked for.</summary>
    private sealed class Late(IEnumerable<Trajectory> recorded, string tainted, int afterUpdate) : IRollouts
    {
        private readonly RecordedRollouts _inner = new(recorded);
        private int _step;

        public Task<IReadOnlyList<Trajectory>> RollAsync(
            IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken)
        {
            _step = requests.Count > 0 ? requests[0].Step : _step;
            return _inner.RollAsync(requests, cancellationToken);
        }

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) =>
            Task.FromResult<(VerdictState, bool)?>(episode == tainted && _step >= afterUpdate
                ? (VerdictState.Violating, true)
                : (VerdictState.Clean, true));
    }
}
