using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
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
    public void A_case_with_little_to_try_has_chances_all_the_same()
    {
        // Three alerts: in most null rounds the scan sees hardly a task.
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["few"], 1000);
        (CaseFrame frame, List<Cause> tasks) = Tasks(made with
        {
            Case = made.Case with { Alerts = [.. made.Case.Alerts.Take(3)] },
        });

        (_, double[] pValues) = new SuspectTrials(frame, tasks, new InvestigationOptions()).Run(_ => { });

        Assert.All(pValues, p => Assert.InRange(p, 0, 1));
    }

    private static (CaseFrame Frame, List<Cause> Tasks) Tasks(SimulatedCase made)
    {
        CaseFrame frame = CaseFrame.Of(made.Case);
        return (frame, [.. CauseIndex.Of(frame).Where(c => c.Kind == CauseKind.Task)]);
    }
}
