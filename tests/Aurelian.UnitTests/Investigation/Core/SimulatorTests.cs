using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>Made cases.</summary>
public class SimulatorTests
{
    [Fact]
    public void Same_setting_and_seed_give_the_same_case()
    {
        SimulatedCase first = CaseSimulator.Make(SimulationSetting.All["easy"], 7);
        SimulatedCase second = CaseSimulator.Make(SimulationSetting.All["easy"], 7);
        Assert.Equal(first.Case.Calls, second.Case.Calls);
        Assert.Equal(first.Case.Alerts, second.Case.Alerts);
        Assert.NotEqual(first.Case.Alerts, CaseSimulator.Make(SimulationSetting.All["easy"], 8).Case.Alerts);
    }

    [Fact]
    public void A_stamp_is_the_true_time_on_the_other_clock_rounded_down()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"], 1);
        foreach ((var alert, SimulatedCause cause) in made.Case.Alerts.Zip(made.Truth.Alerts))
        {
            double exact = cause.TrueTime + made.Truth.OffsetAt(cause.TrueTime);
            Assert.InRange(exact - alert.Time, alert.DuplicateOf is null ? 0 : -2, alert.DuplicateOf is null ? 1 : 3);
        }
    }

    [Fact]
    public void No_sandbox_runs_two_episodes_at_once()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"], 2);
        foreach (var sandbox in made.Case.Calls.GroupBy(c => c.HostAddress))
        {
            var stays = sandbox.Select(c => (c.SandboxStart, c.SandboxEnd)).Distinct().Order().ToArray();
            Assert.All(stays.Zip(stays.Skip(1)), s => Assert.True(s.First.SandboxEnd <= s.Second.SandboxStart));
        }
    }

    [Theory]
    [InlineData("easy", 5)]
    [InlineData("once", 8)]
    public void A_culprit_has_as_many_calls_as_its_setting_says(string setting, int calls) => Assert.All(
        CaseSimulator.Make(SimulationSetting.All[setting], 1).Truth.Culprits, c => Assert.True(c.Calls.Count >= calls));

    [Fact]
    public void A_written_case_has_a_line_for_every_alert_and_episode()
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All["easy"] with { NatShare = 0.5 }, 1);
        string folder = Directory.CreateTempSubdirectory("aurelian-case").FullName;
        try
        {
            CaseFolder.Write(made, folder);
            Assert.Equal(made.Case.Alerts.Count, File.ReadLines(Path.Combine(folder, "alerts.json")).Count());
            Assert.Equal(made.Setting.Episodes, File.ReadLines(Path.Combine(folder, "traces.jsonl")).Count());
            Assert.Equal(made.Case.Flows.Count, File.ReadLines(Path.Combine(folder, "conntrack.log")).Count());
            Assert.Contains("\"oracleShare\":", File.ReadAllText(Path.Combine(folder, "truth.json")),
                StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
