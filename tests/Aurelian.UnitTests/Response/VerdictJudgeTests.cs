using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.UnitTests.Response;

public sealed class VerdictJudgeTests
{
    private static readonly EpisodeId Episode = new("e1");

    private static readonly SourceCoverage[] Whole =
    [
        Source(SourceNames.Network), Source(SourceNames.Dns), Source(SourceNames.Process), Source(SourceNames.Refusal),
    ];

    [Theory]
    [InlineData(Severity.Info, VerdictState.Clean)]
    [InlineData(Severity.Low, VerdictState.Clean)]
    [InlineData(Severity.Medium, VerdictState.Suspect)]
    [InlineData(Severity.High, VerdictState.Violating)]
    [InlineData(Severity.Critical, VerdictState.Violating)]
    public void The_gravest_finding_decides(Severity severity, VerdictState state) =>
        Assert.Equal(state, Judge(Found(Severity.Info), Found(severity)).State);

    [Fact]
    public void Refused_attempts_that_complete_no_rule_are_clean() =>
        Assert.Equal(VerdictState.Clean, Judge(new Fact.PacketRefused(default, default, Transport.Udp, "x")).State);

    [Fact]
    public void A_gap_of_ours_is_unknown() =>
        Assert.Equal(VerdictState.Unknown, Judge(new Fact.Gap("process", 3, CausedBySandbox: false)).State);

    [Fact]
    public void A_gap_that_the_sandbox_made_by_flooding_is_suspect()
    {
        Verdict verdict = Judge(new Fact.Gap("process", 3, CausedBySandbox: true));

        Assert.Equal((VerdictState.Suspect, CoverageState.Partial), (verdict.State, verdict.Coverage));
    }

    [Fact]
    public void Nobody_trades_a_violation_for_a_gap()
    {
        Verdict verdict = Judge(Found(Severity.High), new Fact.Gap("network", 1, CausedBySandbox: false));

        Assert.Equal((VerdictState.Violating, true), (verdict.State, verdict.Final));
    }

    [Fact]
    public void Without_a_watermark_nothing_is_final_but_a_violation()
    {
        VerdictJudge judge = new();
        Assert.Equal((VerdictState.Unknown, false), Of(judge.Judge(Episode, Whole, drained: false, "h")));
        judge.Observe(Event(Found(Severity.High)));
        Assert.Equal((VerdictState.Violating, true), Of(judge.Judge(Episode, Whole, drained: false, "h")));
    }

    [Fact]
    public void A_source_that_is_absent_makes_clean_unknown()
    {
        SourceCoverage[] blind = [.. Whole.Where(source => source.Name != SourceNames.Process),
            Source(SourceNames.Process) with { State = SourceState.Absent }];

        Verdict verdict = new VerdictJudge().Judge(Episode, blind, drained: true, "h");

        Assert.Equal((VerdictState.Unknown, CoverageState.Partial), (verdict.State, verdict.Coverage));
    }

    [Fact]
    public void A_gap_of_another_episode_is_that_episode_s()
    {
        VerdictJudge judge = new();
        judge.Observe(Event(new Fact.Gap("process", 1, CausedBySandbox: true), new EpisodeId("e2")));

        Assert.Equal(VerdictState.Clean, judge.Judge(Episode, Whole, drained: true, "h").State);
    }

    private static (VerdictState, bool) Of(Verdict verdict) => (verdict.State, verdict.Final);

    private static Verdict Judge(params Fact[] facts)
    {
        VerdictJudge judge = new();
        foreach (Fact fact in facts)
        {
            judge.Observe(Event(fact));
        }

        return judge.Judge(Episode, Whole, drained: true, "h");
    }

    private static Event Event(Fact fact, EpisodeId? episode = null) =>
        new(1, default, 1, new Subject(Episode: episode ?? Episode), fact);

    private static Fact.Found Found(Severity severity) => new(new Finding
    {
        Rule = $"rule-{severity}", RuleVersion = 1, Category = Category.Mining, Severity = severity, Confidence = 1,
        Subject = default, Evidence = [], Explanation = "", CompletedAtNs = 1,
    });

    private static SourceCoverage Source(string name) => new(name, SourceState.Full, "", 0, 0, 0, 0);
}
