using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Investigation;
using Aurelian.Response;
using Aurelian.Store;

namespace Aurelian.Cli.Commands;

/// <summary>Runs scenarios in sandboxes, one each and all in one watched run, and judges what was found.</summary>
internal static class ScenarioRun
{
    /// <summary>The longest waits for a shape that takes minutes to be one.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(6);

    /// <returns>An outcome each, in order; one without a path was not run, for want of a program.</returns>
    internal static async Task<(IReadOnlyList<FileOutcome> Outcomes, IReadOnlyList<string> Mistakes)> ExecuteAsync(
        string folder, IReadOnlyList<Scenario> scenarios, string runsFolder, IRunObserver observer, TimeProvider time,
        CancellationToken cancellationToken)
    {
        Scenario[] possible = [.. scenarios.Where(scenario => scenario.Missing().Count == 0)];
        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(new RunConfig
        {
            RunsFolder = runsFolder,
            PolicyFile = Path.Combine(folder, "policy.toml"),
            Upstream = "simulated",
            Timeout = TimeMax,
            WorkingFolder = Path.Combine(folder, "programs"),
            Episodes = [.. possible.Select(scenario => new EpisodeConfig
            {
                Name = scenario.Name, Calls = scenario.Calls,
            })],
        });
        if (plan is null)
        {
            return ([], mistakes);
        }

        RunSummary summary = await WatchedRun.ExecuteAsync(plan, observer, time, cancellationToken)
            .ConfigureAwait(false);
        using TimelineReader timeline = TimelineReader.Open(Path.Combine(summary.Folder!, "timeline.db"));
        ILookup<EpisodeId?, Event> events = timeline.Read().ToLookup(occurred => occurred.Subject.Episode);
        return ([.. scenarios.Select(scenario => Array.IndexOf(possible, scenario) is var index and >= 0
            ? EpisodeEvaluator.Run(
                scenario, [.. events[new EpisodeId($"e{index + 1}")]], $"{summary.Folder} e{index + 1}")
            : NotRun(scenario))], []);
    }

    private static FileOutcome NotRun(Scenario scenario) => new()
    {
        File = new LabelledFile(scenario.Name, null, scenario.Label, scenario.What, scenario.MetBy),
        FalseAlarms = [],
        Suspicions = 0,
        Scores = new Dictionary<Category, double>(),
        Partial = false,
        Shortfall = $"not run: the machine has no {string.Join(", ", scenario.Missing())}",
    };
}
