using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Faults;

public sealed class ClockTests
{
    [Fact]
    public async Task A_clock_that_is_stepped_again_and_again_bends_no_time_in_the_timeline()
    {
        string runs = Directory.CreateTempSubdirectory("aurelian-runs-").FullName;
        RunPlan plan = RunPlanner.Plan(new RunConfig
        {
            RunsFolder = runs,
            Linger = TimeSpan.Zero,
            Episodes = [new EpisodeConfig { Command = ["bash", "-c", "echo hello >/dev/tcp/203.0.113.9/81; true"] }],
        }).Plan!;

        await WatchedRun.ExecuteAsync(
            plan, new QuietObserver(), new SteppedTime(), TestContext.Current.CancellationToken);

        List<Event> events;
        using (TimelineReader timeline = TimelineReader.Open(RunFolder.Find(runs, "latest").Timeline))
        {
            events = [.. timeline.Read()];
        }

        Event first = events[0];
        Assert.All(events, each => Assert.Equal(
            (each.MonotonicNs - first.MonotonicNs) / 1e9, (each.Time - first.Time).TotalSeconds, 0.000_001));
        Event opened = events.First(each => each.Fact is Fact.FlowOpened);
        Fact.FlowClosed closed = events.Select(each => each.Fact).OfType<Fact.FlowClosed>().First();
        // Steps are hours; between the two stamps lies what a busy machine lets lie there.
        Assert.Equal(opened.Time, closed.OpenedAt, TimeSpan.FromSeconds(1));
        Assert.InRange(closed.ClosedAt, closed.OpenedAt, events[^1].Time);
        Directory.Delete(runs, recursive: true);
    }

    /// <summary>Two readings are hours apart, forwards and back; timers and timestamps are the machine's.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private int _readings;

        public override DateTimeOffset GetUtcNow()
        {
            int reading = Interlocked.Increment(ref _readings);
            return DateTimeOffset.UnixEpoch.AddYears(50).AddHours(reading % 2 == 0 ? reading : -reading);
        }
    }
}
