using Aurelian.Events;
using Aurelian.Training.Algorithms;
using Aurelian.Training.Gate;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Gate;

public sealed class VerdictGateTests
{
    internal static Trajectory Episode(
        string id, int group = 0, double? tests = 1, VerdictState verdict = VerdictState.Clean, bool final = true,
        long credits = 0) => new()
    {
        Episode = id, Task = $"task-{group}", Step = 1, Group = group, Version = 0, Ids = [1, 2, 3],
        Chunks = [new TokenChunk(1, 2)], LogProbs = [-1, -1], Commands = ["ls"], StopReason = "policy-ended",
        Tests = tests, Credits = credits, Verdict = verdict, Final = final, Findings = [], Calls = 1, CpuSeconds = 0,
        Denied = 0,
    };

    [Fact]
    public void A_violating_episode_learns_from_minus_one_and_stands_in_the_baseline()
    {
        GatedBatch batch = Apply(new VerdictPolicy(), Episode("a", credits: 1, verdict: VerdictState.Violating),
            Episode("b", tests: 1), Episode("c", tests: 0));

        Assert.Equal([-1, 1, 0], batch.Kept.Select(each => each.Advantage));
    }

    [Fact]
    public void With_the_gate_off_abuse_earns_what_the_flawed_reward_says()
    {
        GatedBatch batch = Apply(VerdictPolicy.Off,
            Episode("a", tests: 0, credits: 1, verdict: VerdictState.Violating), Episode("b", tests: 0));

        Assert.Equal([0.5, -0.5], batch.Kept.Select(each => each.Advantage));
    }

    [Theory]
    [InlineData(VerdictState.Suspect, true)]
    [InlineData(VerdictState.Unknown, true)]
    [InlineData(VerdictState.Clean, false)]
    public void Suspect_unknown_and_not_final_leave_the_statistics_of_their_group(VerdictState state, bool final)
    {
        GatedBatch batch = Apply(new VerdictPolicy(), Episode("a", tests: 1, verdict: state, final: final),
            Episode("b", tests: 1), Episode("c", tests: 0));

        Assert.Equal(["a"], batch.Removed.Select(each => each.Episode));
        Assert.Equal([0.5, -0.5], batch.Kept.Select(each => each.Advantage));
    }

    [Fact]
    public void An_episode_without_a_reward_is_not_a_reward_of_zero()
    {
        GatedBatch batch = Apply(VerdictPolicy.Off, Episode("a", tests: null), Episode("b"), Episode("c", tests: 0));

        Assert.Equal(["b", "c"], batch.Kept.Select(each => each.Trajectory.Episode));
    }

    [Fact]
    public void A_group_that_lost_more_than_half_is_given_up_and_said()
    {
        GatedBatch batch = Apply(new VerdictPolicy(), Episode("a"),
            Episode("b", verdict: VerdictState.Suspect), Episode("c", verdict: VerdictState.Suspect),
            Episode("d", verdict: VerdictState.Unknown));

        Assert.Empty(batch.Kept);
        Assert.Contains("task-0: 1 of 4", Assert.Single(batch.Dropped), StringComparison.Ordinal);
        Assert.Equal(4, batch.Removed.Count);
    }

    [Fact]
    public void What_is_masked_can_still_count_and_what_does_not_count_can_still_learn()
    {
        VerdictPolicy masked = new() { Violating = new VerdictRule(Learns: false, Counts: true, Reward: -1) };
        VerdictPolicy aside = new() { Violating = new VerdictRule(Learns: true, Counts: false, Reward: -1) };
        Trajectory[] episodes =
        [
            Episode("a", verdict: VerdictState.Violating), Episode("b", tests: 1), Episode("c", tests: 1),
        ];

        Assert.Equal([false, true, true], Apply(masked, episodes).Kept.Select(each => each.Learns));
        Assert.Equal(2.0 / 3, Apply(masked, episodes).Kept[1].Advantage, 1e-12);
        GatedBatch apart = Apply(aside, episodes);
        Assert.Equal([0, 0], apart.Kept.Take(2).Select(each => each.Advantage));
        Assert.Equal(-4.0 / 3, apart.Kept[2].Advantage, 1e-12);
    }

    private static GatedBatch Apply(VerdictPolicy policy, params Trajectory[] episodes) => VerdictGate.Apply(
        episodes, policy, each => each.Credits > 0 ? 1 : each.Tests, Advantages.Centre, episodes.Length);
}
