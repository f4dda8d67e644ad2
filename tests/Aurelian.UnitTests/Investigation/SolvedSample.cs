using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.UnitTests.Investigation;

/// <summary>
/// A small solved case: a miner in one episode, an honest neighbour, an alert of nobody and a repeat.
/// </summary>
internal static class SolvedSample
{
    internal const double Start = 1_768_471_200;

    internal static SolvedCase Solved(
        Conclusion conclusion = Conclusion.Found, string miner = "./m -o stratum+tcp://pool.example:3333 -u x",
        bool exact = false)
    {
        InvestigationCase @case = Case(miner);
        InvestigationAnswer answer = Answer(@case, conclusion, exact);
        return new SolvedCase(@case, answer, SuspectList.Of(@case, answer), []);
    }

    internal static InvestigationCase Case(string miner) => new()
    {
        Sources =
        [
            new CaseSource
            {
                File = "alerts.json", Kind = "alibaba-cloud-firewall", Records = 5, Usable = 4, Duplicates = 1,
                Skipped = [new SkippedLine(3, "start_time is absent")], SkippedTotal = 1,
            },
            new CaseSource { File = "traces.jsonl", Kind = "otlp-json", Records = 4, Usable = 4, Notes = ["a <note>"] },
        ],
        Partial = true,
        Samples =
        [
            new CaseSample { Time = Start + 30, Subject = "e1", Cores = 4 },
            new CaseSample { Time = Start + 30, Subject = "e2", Cores = 0.5 },
        ],
        Alerts =
        [
            Alert(1, 11, null), Alert(2, 40, null), Alert(4, 41, 1), Alert(5, 90, null),
        ],
        Calls =
        [
            Call("c1", "e1", "miner", miner, 10, 60),
            Call("c2", "e2", "honest", "git clone https://git.example.org/a", 0, 80),
            Call("c3", "e3", "honest", "git clone https://git.example.org/b", 0, 80),
            Call("c4", "e4", "honest", "git clone https://git.example.org/c && curl https://rare.example.org/x", 0, 80),
        ],
    };

    private static InvestigationAnswer Answer(InvestigationCase @case, Conclusion conclusion, bool exact) => new()
    {
        Clock = new ClockEstimate
        {
            Status = ClockStatus.Estimated, ReferenceTime = Start, OffsetSeconds = 0.5, OffsetInterval = new(-0.5, 1.5),
            GrainSeconds = 1, OnsetLagSeconds = 1,
        },
        Associations =
        [
            new Association
            {
                Kind = CauseKind.Task, Value = "miner", PValue = 1e-9, QValue = 4e-8, RateRatio = 14.23456789,
                Interval = new(9.1, 22), Alerts = 2,
            },
            new Association
            {
                Kind = CauseKind.Command, Value = "git", PValue = 0.4, QValue = 0.9, RateRatio = null, Alerts = 0,
            },
        ],
        Alerts = [.. @case.Alerts.Select((alert, index) => new AlertAnswer
        {
            Line = alert.Line,
            Time = alert.Time,
            Exact = exact && index == 0,
            Background = index == 3 ? 1 : 0.02,
            Rest = index == 3 ? 0 : 0.01,
            Candidates = index == 3 ? [] : [Candidate(@case, 0, 0.92), Candidate(@case, 1, 0.05)],
        })],
        Conclusion = conclusion,
        Summary = "The task miner set off the firewall.",
        WouldSettle = ["the NAT log"],
    };

    private static Candidate Candidate(InvestigationCase @case, int call, double probability) => new()
    {
        Call = call, ToolCall = @case.Calls[call].Id, Episode = @case.Calls[call].Episode,
        Task = @case.Calls[call].Task, Probability = probability,
    };

    private static CaseAlert Alert(int line, double after, int? repeats) => new()
    {
        Line = line, Time = Start + after, Type = "Mining Behavior", DestinationAddress = "203.0.113.7",
        DestinationPort = 3333, DuplicateOf = repeats,
    };

    private static CaseCall Call(
        string id, string episode, string task, string command, double start, double end) => new()
    {
        Id = id, Episode = episode, Task = task, Tool = "bash", Command = command, Start = Start + start,
        End = Start + end, SandboxStart = Start, SandboxEnd = Start + 100,
    };
}
