using Aurelian.Events;
using Aurelian.Training.Gate;
using Aurelian.Training.Jobs;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Gate;

public sealed class ImperfectVerdictsTests
{
    private static readonly Trajectory[] Batch = [.. Enumerable.Range(0, 2000).Select(index =>
        VerdictGateTests.Episode($"e{index}", verdict: index < 1000 ? VerdictState.Violating : VerdictState.Clean))];

    [Fact]
    public void A_perfect_detectors_verdicts_pass_unchanged() =>
        Assert.Same(Batch, ImperfectVerdicts.Told(Batch, Settings(1, 0), new Random(1)));

    [Fact]
    public void Recall_and_false_alarms_are_as_asked()
    {
        IReadOnlyList<Trajectory> told = ImperfectVerdicts.Told(Batch, Settings(0.9, 0.05), new Random(1));

        Assert.InRange(Violating(told.Take(1000)), 870, 930);
        Assert.InRange(Violating(told.Skip(1000)), 30, 70);
    }

    [Fact]
    public void Dealt_verdicts_are_as_many_and_on_other_episodes()
    {
        IReadOnlyList<Trajectory> told = ImperfectVerdicts.Told(
            Batch, Settings(1, 0) with { Shuffled = true }, new Random(1));

        Assert.Equal(1000, Violating(told));
        Assert.InRange(Violating(told.Take(1000)), 400, 600);
        Assert.Equal(Batch.Select(each => each.Episode), told.Select(each => each.Episode));
    }

    private static int Violating(IEnumerable<Trajectory> told) =>
        told.Count(each => each.Verdict == VerdictState.Violating);

    private static VerdictSettings Settings(double recall, double falseAlarms) =>
        new(true, new VerdictPolicy(), TimeSpan.Zero, recall, falseAlarms, false);
}
