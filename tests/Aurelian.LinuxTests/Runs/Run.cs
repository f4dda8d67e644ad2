using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Store;

namespace Aurelian.LinuxTests.Runs;

/// <summary>Whole watched runs of commands and scripts, against the simulated internet.</summary>
internal static class Run
{
    internal static IRunObserver Silent { get; } = new SilentObserver();

    internal static Task<RunSummary> CommandAsync(string command) =>
        ExecuteAsync(Config() with
        {
            Linger = TimeSpan.FromSeconds(5),
            Episodes = [new EpisodeConfig { Command = ["bash", "-c", command] }],
        });

    internal static RunConfig Config() => new()
    {
        RunsFolder = Directory.CreateTempSubdirectory("aurelian-runs-").FullName,
        Upstream = "simulated",
        Timeout = TimeSpan.FromSeconds(60),
        Episodes = [],
    };

    /// <param name="config">The run.</param>
    /// <param name="look">What else to make of its timeline.</param>
    internal static async Task<RunSummary> ExecuteAsync(RunConfig config, Action<IReadOnlyList<Event>>? look = null)
    {
        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(config);
        Assert.Empty(mistakes);
        try
        {
            RunSummary summary = await WatchedRun.ExecuteAsync(
                plan!, Silent, TimeProvider.System, TestContext.Current.CancellationToken);
            using TimelineReader timeline = TimelineReader.Open(Path.Combine(summary.Folder!, "timeline.db"));
            List<Event> events = [.. timeline.Read()];
            RunSummary again = RunRecord.Summarise(events, summary.Folder);
            // What is told is what the timeline says, and nothing else.
            Assert.Equal(SummaryJson.Write(summary), SummaryJson.Write(again));
            look?.Invoke(events);
            return summary;
        }
        finally
        {
            Directory.Delete(config.RunsFolder, recursive: true);
        }
    }

    internal static Incident Incident(this RunSummary summary, Category category) =>
        Assert.Single(summary.Incidents, incident => incident.Category == category);

    internal static VerdictState Verdict(this RunSummary summary) => summary.Episodes[0].Verdict.State;

    private sealed class SilentObserver : IRunObserver
    {
        public void Preparing(string what)
        {
        }

        public void EpisodeStarted(EpisodeId episode, string name, string agent)
        {
        }

        public void CallStarted(EpisodeId episode, int? number, string command)
        {
        }

        public void IncidentFound(EpisodeId episode, Finding finding)
        {
        }

        public void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward)
        {
        }

        public void OutputCame(bool isError, ReadOnlyMemory<byte> bytes)
        {
        }
    }
}
