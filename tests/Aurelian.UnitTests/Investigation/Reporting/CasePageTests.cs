using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Reporting;

namespace Aurelian.UnitTests.Investigation.Reporting;

public sealed class CasePageTests
{
    [Fact]
    public void A_page_loads_nothing_runs_nothing_and_shows_the_answer()
    {
        string page = Page(SolvedSample.Solved());

        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        Assert.Contains("<h1>The task miner set off the firewall.", page, StringComparison.Ordinal);
        Assert.Contains("2 of 3", page, StringComparison.Ordinal);
        Assert.Contains("class=hit", page, StringComparison.Ordinal);
        Assert.Contains("mining-command", page, StringComparison.Ordinal);
        Assert.Contains("its sandbox used 4.0 cores while it ran", page, StringComparison.Ordinal);
        Assert.Contains("partial: an input was damaged", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_trace_or_a_log_said_is_text_and_secrets_are_redacted()
    {
        string page = Page(SolvedSample.Solved(
            miner: "echo '<script>alert(1)</script>' && PASSWORD=hunter2 ./m -o stratum+tcp://pool.example:3333"));

        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;note&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
        Assert.Contains("hunter2", Page(SolvedSample.Solved(miner: "PASSWORD=hunter2 ./m") with { ShowSecrets = true }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_without_an_answer_has_a_page_too()
    {
        var solved = SolvedSample.Solved(Conclusion.CannotTell);
        InvestigationAnswer nothing = solved.Answer with
        {
            Clock = new ClockEstimate { Status = ClockStatus.Unknown, GrainSeconds = 1 },
            Associations = [],
            Alerts = [.. solved.Answer.Alerts.Select(alert =>
                new AlertAnswer { Line = alert.Line, Time = alert.Time })],
        };

        string page = Page(solved with
        {
            Answer = nothing,
            Suspects = Aurelian.Investigation.Explaining.SuspectList.Of(solved.Case, nothing),
        });

        Assert.Contains("cannot tell", page, StringComparison.Ordinal);
        Assert.Contains("Nothing was tested.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_case_is_the_same_page() =>
        Assert.Equal(Page(SolvedSample.Solved()), Page(SolvedSample.Solved()));

    private static string Page(Aurelian.Investigation.Explaining.SolvedCase solved)
    {
        using StringWriter writer = new();
        CasePage.Write(solved, writer);
        return writer.ToString();
    }
}
