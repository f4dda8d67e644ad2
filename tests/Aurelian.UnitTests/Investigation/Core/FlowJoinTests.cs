using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>Alerts that a flow record names the sandbox of.</summary>
public class FlowJoinTests
{
    private const double Offset = 37.4;

    [Fact]
    public void A_translated_flow_names_the_sandbox_and_the_call_exactly()
    {
        CaseCall[] calls = [Call("c1", "e1", 1000, 1100, "10.88.0.2"), Call("c2", "e2", 1000, 1100, "10.88.0.3")];
        InvestigationAnswer answer = Investigator.Investigate(new InvestigationCase
        {
            Calls = calls, Alerts = [Alert(1, 1050, 4000)], Flows = [Flow(1050, 4000, "10.88.0.3")],
        });

        AlertAnswer alert = Assert.Single(answer.Alerts);
        Assert.True(alert.Exact);
        Candidate candidate = Assert.Single(alert.Candidates);
        Assert.Equal(("c2", 1.0), (candidate.ToolCall, candidate.Probability));
        Assert.Equal(ClockStatus.Exact, answer.Clock.Status);
        Assert.InRange(answer.Clock.OffsetSeconds!.Value, Offset - 1, Offset + 1);
        Assert.Equal(Conclusion.Found, answer.Conclusion);
    }

    [Fact]
    public void A_tuple_that_recurs_is_joined_by_time()
    {
        CaseCall[] calls = [Call("c1", "e1", 1000, 1100, "10.88.0.2"), Call("c2", "e2", 1500, 1900, "10.88.0.3")];
        CaseAlert[] alerts = [Alert(1, 1010, 4000), Alert(2, 1050, 4001), Alert(3, 1600, 4002)];
        CaseFlow[] flows =
        [
            Flow(1010, 4000, "10.88.0.2"), Flow(1050, 4001, "10.88.0.2"), Flow(1600, 4002, "10.88.0.3"),
            Flow(1700, 4000, "10.88.0.3"),
        ];
        InvestigationAnswer answer = Investigator.Investigate(
            new InvestigationCase { Calls = calls, Alerts = alerts, Flows = flows });

        Assert.Equal(["e1", "e1", "e2"], answer.Alerts.Select(a => a.Candidates[0].Episode));
    }

    [Fact]
    public void Every_joined_alert_of_a_made_case_is_in_the_right_sandbox()
    {
        SimulatedCase made = CaseSimulator.Make(
            SimulationSetting.All["easy"] with { NatShare = 0.5, Episodes = 60 }, 2);
        InvestigationAnswer answer = Investigator.Investigate(
            made.Case, new InvestigationOptions { NullRounds = 9, Sweeps = 100 });

        int joined = 0;
        foreach ((AlertAnswer alert, SimulatedCause cause) in answer.Alerts.Zip(made.Truth.Alerts))
        {
            Assert.True(alert.Exact || !cause.Exact);
            joined += alert.Exact ? 1 : 0;
            if (alert.Exact)
            {
                Assert.All(alert.Candidates, c => Assert.Equal(made.Case.Calls[cause.Call!.Value].Episode, c.Episode));
            }
        }

        Assert.True(joined > 10);
    }

    private static CaseCall Call(string id, string episode, double start, double end, string address) =>
        InvestigatorTests.Call(id, episode, start, end) with { HostAddress = address };

    private static CaseAlert Alert(int line, double time, int port) => new()
    {
        Line = line, Time = Math.Floor(time + Offset), Type = "Mining Behavior", SourceAddress = "198.51.100.20",
        SourcePort = port, DestinationAddress = "203.0.113.9", DestinationPort = 3333,
    };

    private static CaseFlow Flow(double time, int port, string address) => new()
    {
        Time = time, SourceAddress = address, SourcePort = 40_000 + port, DestinationAddress = "203.0.113.9",
        DestinationPort = 3333, TranslatedAddress = "198.51.100.20", TranslatedPort = port,
    };
}
