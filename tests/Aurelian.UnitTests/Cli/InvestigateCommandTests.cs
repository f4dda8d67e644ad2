using System.CommandLine;
using Aurelian.Cli;
using Aurelian.Cli.Commands;
using Aurelian.UnitTests.Investigation;

namespace Aurelian.UnitTests.Cli;

public sealed class InvestigateCommandTests
{
    [Theory]
    [InlineData("+08:00", 480)]
    [InlineData("-0330", -210)]
    [InlineData("+8", 480)]
    [InlineData("Z", 0)]
    [InlineData("+05:45", 345)]
    public void A_zone_is_an_offset_from_UTC(string text, int minutes)
    {
        Assert.True(InvestigateOptions.TryZone(text, out TimeSpan zone));
        Assert.Equal(minutes, zone.TotalMinutes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("08:00")]
    [InlineData("+25:00")]
    [InlineData("+08:99")]
    [InlineData("Asia/Shanghai")]
    public void What_is_no_offset_is_none(string text) => Assert.False(InvestigateOptions.TryZone(text, out _));

    [Fact]
    public void Help_teaches_by_examples_and_names_its_exit_codes()
    {
        using StringWriter output = new();
        AurelianCommand.Create(null).Parse(["investigate", "--help"], AurelianCommand.Parsing)
            .Invoke(new InvocationConfiguration { Output = output });

        Assert.Contains("--firewall alerts.json --traces traces.jsonl", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 refused", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_says_in_order_what_was_read_the_clock_what_coincides_who_and_what_is_missing()
    {
        using StringWriter output = new();
        InvestigateText.Write(SolvedSample.Solved(), output);
        string text = output.ToString();

        string[] parts =
        [
            "What was read (partial", "line 3: start_time is absent", "Clock (",
            "offset     +0.5 s (95 %: -0.5 to 1.5 s)",
            "What coincides", "task       miner", "Tool calls that", "rule mining-command (medium)",
            "its sandbox used 4.0 cores while it ran", "Alerts and their", "c1 92 %", "no recorded call 100 %",
            "What would settle", "the NAT log", "found: The task",
        ];
        int at = 0;
        foreach (string part in parts)
        {
            int found = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is not behind the part before it in:\n{text}");
            at = found;
        }
    }
}
