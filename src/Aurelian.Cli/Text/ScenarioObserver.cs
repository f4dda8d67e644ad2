using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Investigation;

namespace Aurelian.Cli;

/// <summary>A line on standard error for each scenario as it ends.</summary>
internal sealed class ScenarioObserver(IReadOnlyList<Scenario> scenarios) : IRunObserver
{
    private readonly Scenario[] _run = [.. scenarios.Where(scenario => scenario.Missing().Count == 0)];

    public void Preparing(string what) => Console.Error.WriteLine($"{what} …");

    public void EpisodeStarted(EpisodeId episode, string name, string agent)
    {
        // Several run side by side: told when they end.
    }

    public void CallStarted(EpisodeId episode, int? number, string command)
    {
        // As above.
    }

    public void IncidentFound(EpisodeId episode, Finding finding)
    {
        // In the tables.
    }

    public void EpisodeEnded(EpisodeId episode, Verdict verdict, double? reward) => Console.Error.WriteLine(
        $"{NameOf(episode)}: {verdict.State.ToString().ToLowerInvariant()}"
        + (verdict.Findings.Any() ? $" ({string.Join(", ", verdict.Findings)})" : ""));

    public void OutputCame(bool isError, ReadOnlyMemory<byte> bytes)
    {
        // Calls of scenarios say nothing to a person.
    }

    private string NameOf(EpisodeId episode) =>
        int.TryParse(episode.Value.AsSpan(1), out int number) && number >= 1 && number <= _run.Length
            ? _run[number - 1].Name : episode.Value;
}
