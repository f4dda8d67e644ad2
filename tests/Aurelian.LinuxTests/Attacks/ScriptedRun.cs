using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.LinuxTests.Runs;
using Aurelian.Response;

namespace Aurelian.LinuxTests.Attacks;

/// <summary>
/// Many scripted episodes of one task in one watched run: a sandbox each, and the stage is raised once.
/// </summary>
internal static class ScriptedRun
{
    /// <summary>
    /// Each of a script's texts is a bash call; <c>edit:PATH</c> and a line end begin a file to be written.
    /// </summary>
    internal static async Task<IReadOnlyDictionary<string, Episode>> ExecuteAsync(
        string task, IEnumerable<(string Name, string[] Calls)> scripts)
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-scripts-").FullName;
        try
        {
            List<string> names = [];
            List<EpisodeConfig> episodes = [];
            foreach ((string name, string[] calls) in scripts)
            {
                string file = Path.Combine(folder, $"{name}.json");
                await File.WriteAllTextAsync(file, System.Text.Json.JsonSerializer.Serialize(calls.Select(Call)));
                episodes.Add(new EpisodeConfig { TaskFolder = task, Agent = $"scripted:{file}" });
                names.Add(name);
            }

            RunSummary summary = await Run.ExecuteAsync(Run.Config() with { Episodes = episodes });
            return names.Select((name, index) => (name, Id: $"e{index + 1}")).ToDictionary(
                each => each.name,
                each => new Episode(
                    each.Id, summary.Episodes.Single(episode => episode.Id == each.Id),
                    [.. summary.Incidents.Where(incident => incident.Episode == each.Id)]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object Call(string text)
    {
        const string edit = "edit:";
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        return text.StartsWith(edit, StringComparison.Ordinal)
            ? new
            {
                tool = "edit",
                arguments = new { action = "create", path = text[edit.Length..end], content = text[(end + 1)..] },
            }
            : new { tool = "bash", arguments = new { command = text } };
    }
}

internal sealed record Episode(string Id, EpisodeSummary Summary, IReadOnlyList<Incident> Incidents)
{
    internal VerdictState Verdict => Summary.Verdict.State;

    internal Incident Incident(Category category) =>
        Assert.Single(Incidents, incident => incident.Category == category);

    /// <summary>The call's name without the episode's: <c>c2</c>.</summary>
    internal string? Short(string? call) => call?.Replace(Id + ".", "", StringComparison.Ordinal);

    /// <summary>Edges as <c>c1 → c2: kind</c>.</summary>
    internal IReadOnlyList<string> Edges(Category category) =>
        [.. Incident(category).Attribution.Edges.Select(edge => $"{Short(edge.From)} → {Short(edge.To)}: {edge.Kind}")];

    internal (string? Born, string? Active) Named(Category category) =>
        (Short(Incident(category).Attribution.Born), Short(Incident(category).Attribution.ActiveAtTime));
}
