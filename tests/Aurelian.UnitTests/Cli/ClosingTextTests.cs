using Aurelian.Cli;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.UnitTests.Cli;

public sealed class ClosingTextTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void In_a_pipe_it_is_plain_lines()
    {
        string text = Write(VerdictState.Clean);

        Assert.DoesNotContain(text, character => character is '\u001b' or '│' or '╭');
        Assert.All(text.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void It_says_how_a_command_ended_what_it_left_and_where_it_was_not_let()
    {
        string text = Write(VerdictState.Clean);

        Assert.Contains("exit code 3 · 0.5 s of CPU", text, StringComparison.Ordinal);
        Assert.Contains("pid 7 of e1.c1 · sleep 60", text, StringComparison.Ordinal);
        Assert.Contains("example.org:443 (tls) by e1.c1, 2 attempts: no rule", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_violating_episode_was_denied_is_no_advice() =>
        Assert.DoesNotContain("example.org", Write(VerdictState.Violating), StringComparison.Ordinal);

    private static string Write(VerdictState state)
    {
        ToolCallSummary call = new(
            "e1.c1", 1, "make", 3, false, 0.5, 2, Start, Start, 1,
            [new ProcessSummary(7, "/usr/bin/sleep", "sleep 60")]);
        RunSummary summary = new()
        {
            Run = "r",
            Folder = "runs/r",
            Episodes =
            [
                new EpisodeSummary(
                    "e1", null, "command", new VerdictSummary(state, true, CoverageState.Full, [], "sha256:0"), null,
                    "ended", [call],
                    [new DeniedSummary("example.org", "198.18.0.1", 443, Transport.Tcp, "tls", 2, "e1.c1",
                        "denied: no rule")]),
            ],
            Incidents = [],
            Coverage = new Dictionary<string, CoverageSummary>(),
        };
        using StringWriter writer = new();
        ClosingText.Write(summary, writer);
        return writer.ToString();
    }
}
