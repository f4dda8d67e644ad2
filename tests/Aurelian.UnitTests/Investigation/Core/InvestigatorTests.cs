using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>Whole cases, from alerts and calls to the answer.</summary>
public class InvestigatorTests
{
    private static readonly InvestigationOptions Quick = new() { NullRounds = 19, Sweeps = 300 };

    [Fact]
    public void The_culprit_task_and_the_clock_are_found()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"], 3);
        InvestigationAnswer answer = Investigator.Investigate(made.Case, Quick);

        Assert.Equal(Conclusion.Found, answer.Conclusion);
        Assert.Equal(made.Truth.Culprits[0].Task, answer.Associations[0].Value);
        Assert.True(answer.Associations[0].QValue <= 0.05);
        double error = answer.Clock.OffsetSeconds!.Value - made.Truth.OffsetAt(answer.Clock.ReferenceTime!.Value);
        Assert.InRange(error, -2, 2);
    }

    [Fact]
    public void Where_nothing_is_found_the_likeliest_calls_are_named_behind_the_background()
    {
        InvestigationAnswer answer = Investigator.Investigate(
            CaseSimulator.Make(SimulationSetting.All["few"], 1133).Case);

        Assert.Equal(Conclusion.CannotTell, answer.Conclusion);
        Assert.All(answer.Alerts, a => Assert.All(a.Candidates, c => Assert.True(c.Probability < a.Background)));
        Assert.Contains(answer.Alerts, a => a.Candidates.Any(c => c.Probability > 0.1));
    }

    [Fact]
    public void In_a_long_case_a_culprit_of_another_stretch_is_not_called_quiet()
    {
        // Each misbehaves in visits of its own, an hour apart.
        SimulationSetting setting = SimulationSetting.All["two"] with
        {
            Tasks = 60, Episodes = 480, CulpritAlerts = 1500,
        };
        SimulatedCase made = CaseSimulator.Make(setting, 1);
        InvestigationAnswer answer = Investigator.Investigate(
            made.Case, new InvestigationOptions { NullRounds = 19, Sweeps = 60 });

        Assert.Equal(made.Truth.Culprits.Select(c => c.Task).Order(),
            answer.Associations.Where(a => a.Kind == CauseKind.Task).Take(2).Select(a => a.Value).Order());
    }

    [Fact]
    public void Masses_of_an_alert_sum_to_one_and_repeats_get_the_same_answer()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"], 4);
        InvestigationAnswer answer = Investigator.Investigate(made.Case, Quick);

        Assert.Equal(made.Case.Alerts.Count, answer.Alerts.Count);
        foreach ((AlertAnswer alert, int index) in answer.Alerts.Select((a, i) => (a, i)))
        {
            Assert.Equal(1, alert.Background!.Value + alert.Rest!.Value + alert.Candidates.Sum(c => c.Probability), 4);
            Assert.True(alert.Candidates.Count <= 10);
            if (made.Case.Alerts[index].DuplicateOf is { } of)
            {
                Assert.Equal(answer.Alerts[of].Candidates, alert.Candidates);
            }
        }
    }

    [Fact]
    public void The_same_case_is_answered_alike_every_time()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"], 5);
        InvestigationOptions options = new() { NullRounds = 9, Sweeps = 60 };
        InvestigationAnswer first = Investigator.Investigate(made.Case, options);
        InvestigationAnswer second = Investigator.Investigate(made.Case, options);

        Assert.Equal(first.Clock, second.Clock);
        Assert.Equal(first.Associations, second.Associations);
        Assert.Equal(first.Alerts.SelectMany(a => a.Candidates), second.Alerts.SelectMany(a => a.Candidates));
    }

    [Fact]
    public void Without_an_alert_there_is_nothing_to_explain()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"], 1);
        InvestigationAnswer answer = Investigator.Investigate(made.Case with { Alerts = [] }, Quick);

        Assert.Equal(Conclusion.NothingToExplain, answer.Conclusion);
        Assert.Empty(answer.Alerts);
        Assert.Equal(ClockStatus.Unknown, answer.Clock.Status);
    }

    [Fact]
    public void Alerts_far_from_every_call_cannot_be_told()
    {
        CaseCall call = Call("c1", "e1", 1000, 1010);
        CaseAlert[] alerts = [.. Enumerable.Range(0, 8)
            .Select(i => new CaseAlert { Line = i + 1, Time = 90_000 + (i * 7) })];
        InvestigationAnswer answer = Investigator.Investigate(
            new InvestigationCase { Alerts = alerts, Calls = [call] }, Quick);

        Assert.Equal(Conclusion.CannotTell, answer.Conclusion);
        Assert.All(answer.Alerts, a => Assert.Empty(a.Candidates));
        Assert.NotEmpty(answer.WouldSettle);
    }

    internal static CaseCall Call(string id, string episode, double start, double end) => new()
    {
        Id = id, Episode = episode, Task = "task-" + episode, Tool = "bash", Command = "make", Step = 0,
        Start = start, End = end, SandboxStart = start - 10, SandboxEnd = end + 100, HostAddress = "10.88.0.2",
    };
}
