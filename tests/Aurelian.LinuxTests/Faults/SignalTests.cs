using Aurelian.Response;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Faults;

/// <summary>Ctrl-C and SIGTERM at each stage of a run, as its own progress tells them.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData("INT", "opening the timeline")]
    [InlineData("TERM", "raising the firewall")]
    [InlineData("INT", "preparing sandboxes")]
    [InlineData("TERM", "attaching sensors")]
    [InlineData("INT", "rehearsing the containment")]
    [InlineData("TERM", "e3")]
    [InlineData("TERM", "8 of 8 done")]
    public async Task A_signal_at_any_stage_ends_everything_and_leaves_nothing(string signal, string stage)
    {
        using AurelianProcess aurelian = AurelianProcess.Quickstart();
        await aurelian.SaidAsync(stage);

        aurelian.Signal(signal);
        int code = await aurelian.ExitAsync(20);

        await Eventually.Async(() => aurelian.Alive().Length == 0, 3);
        Assert.Empty(aurelian.Alive());
        Assert.Empty(aurelian.Leftovers());
        RunEnding ending = Ending(aurelian);
        bool over = ending == RunEnding.Whole;
        Assert.True(over || code != 0, $"exit code {code} of a run that was {ending}: {aurelian.Said}");
        Assert.True(over || aurelian.Said.Contains("interrupted", StringComparison.Ordinal), aurelian.Said);
    }

    private static RunEnding Ending(AurelianProcess aurelian)
    {
        if (aurelian.Folder() is not { } folder)
        {
            return RunEnding.Missing;
        }

        using TimelineReader timeline = TimelineReader.Open(folder.Timeline);
        return RunRecord.Summarise(timeline.Read(), folder.Path).Ending;
    }
}
