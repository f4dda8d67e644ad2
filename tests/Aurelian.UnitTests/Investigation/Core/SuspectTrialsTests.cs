using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Sampling;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

public class SuspectTrialsTests
{
    [Fact]
    public void A_task_of_few_bad_calls_that_the_scan_passes_over_stands_highest()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["silent"], 1001);
        (CaseFrame frame, List<Cause> tasks) = Tasks(made);
        int culprit = tasks.FindIndex(t => t.Value == made.Truth.Culprits[0].Task);
        float[] peaks = new CauseScan(frame, tasks, frame.AlertTime, frame.AlertType, 900, 1).Peaks(frame.Start);
        Assert.NotEqual(culprit, Array.IndexOf(peaks, peaks.Max()));

        (Trial?[] trials, double[] pValues) = new SuspectTrials(frame, tasks, new InvestigationOptions()).Run(_ => { });

        Assert.Equal(culprit, Array.IndexOf(trials, trials.MaxBy(t => t?.Height ?? double.NegativeInfinity)));
        Assert.Equal(pValues.Min(), pValues[culprit]);
        Assert.All(pValues, p => Assert.InRange(p, 0, 1));
    }

    [Fact]
    public void Where_few_tasks_can_be_tried_a_trial_says_nothing()
    {
        // Only the first task's calls last long enough to be looked at.
        (_, double[] pValues) = Run(12, task => task == 0 ? 60 : 1);
        Assert.All(pValues, p => Assert.Equal(1, p));
    }

    [Fact]
    public void Where_most_tasks_are_not_tried_chances_are_numbers_all_the_same()
    {
        (Trial?[] trials, double[] pValues) = Run(700, _ => 60);
        Assert.Equal(10, trials.Count(t => t is not null));
        Assert.All(pValues, p => Assert.InRange(p, 1e-9, 1));
    }

    // A call a task, one after another, and an alert a minute.
    private static (Trial?[] Trials, double[] PValues) Run(int tasks, Func<int, double> seconds)
    {
        CaseFrame frame = CaseFrame.Of(new InvestigationCase
        {
            Alerts = [.. Enumerable.Range(0, 40).Select(k =>
                new CaseAlert { Line = k + 1, Time = 10_000 + (60 * k), Type = "Scan" })],
            Calls = [.. Enumerable.Range(0, tasks).Select(k => InvestigatorTests.Call($"c{k:d3}", $"e{k:d3}",
                10_000 + (7 * k), 10_000 + (7 * k) + seconds(k)) with { Task = $"t{k:d3}", Step = k })],
        });
        return new SuspectTrials(frame, [.. CauseIndex.Of(frame).Where(c => c.Kind == CauseKind.Task)],
            new InvestigationOptions()).Run(_ => { });
    }

    private static (CaseFrame Frame, List<Cause> Tasks) Tasks(SimulatedCase made)
    {
        CaseFrame frame = CaseFrame.Of(made.Case);
        return (frame, [.. CauseIndex.Of(frame).Where(c => c.Kind == CauseKind.Task)]);
    }
}
