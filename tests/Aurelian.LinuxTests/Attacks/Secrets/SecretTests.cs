using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aurelian.Episodes;
using Aurelian.LinuxTests.Runs;
using Aurelian.LinuxTests.Sandbox;
using Aurelian.Response;
using Aurelian.Sandbox;
using Programs = Aurelian.LinuxTests.Simulation.Programs;

namespace Aurelian.LinuxTests.Attacks.Secrets;

/// <summary>
/// A search of everything that can be read from inside finds what was given to it, and none of what was not.
/// </summary>
public sealed partial class SecretTests : IDisposable
{
    private static readonly string Repository = ReadOnlyPaths.OwnFolder!;

    private readonly string _work = Directory.CreateTempSubdirectory("aurelian-secrets-").FullName;
    private readonly Canaries _canaries = new();

    public void Dispose()
    {
        _canaries.Dispose();
        FolderRemoval.Remove(_work);
    }

    [Fact]
    public async Task A_command_finds_what_it_was_given_and_no_secret_of_the_host()
    {
        (string runs, string folder) = (Folder("runs"), Folder("workdir"));
        string given = Canaries.New(), inEnvironment = Canaries.New(), inside = Canaries.New();
        _canaries.PlantEverywhere();
        _canaries.Plant(Path.Combine(Repository, "artifacts", $"canary-{Environment.ProcessId}"));
        _canaries.Plant(Path.Combine(Repository, "tasks", "todo-done", "solution", $"canary-{Environment.ProcessId}"));
        _canaries.Plant(Path.Combine(runs, "earlier-run"));
        File.Copy(Programs.Find("search_everything.py"), Path.Combine(folder, "search.py"));
        await File.WriteAllTextAsync(Path.Combine(folder, "given"), given);

        // Another call's environment, a socket, a name: so that the search is known to look there.
        string said = await CommandAsync(
            new() { ["GIVEN"] = inEnvironment, ["API_KEY"] = _canaries.Hide("the environment of aurelian") },
            ["run", "--runs", runs, "--workdir", folder, "--env", "GIVEN", "--", "bash", "-c",
                $"C={inside[7..]}; mkdir -p /tmp/CANARY-$C; exec python3 search.py"]);

        Dictionary<string, string> found = Found(said);
        Assert.Equal("/workspace/given", found[given]);
        Assert.Contains("environ", found[inEnvironment], StringComparison.Ordinal);
        Assert.Equal($"name /tmp/{inside}", found[inside]);
        Assert.Empty(found.Keys.Intersect(_canaries.Hidden.Keys).Select(each => _canaries.Hidden[each]));
        Assert.True(_canaries.Hidden.Count >= 17);
        Looked(said);
    }

    [Fact]
    public async Task An_agent_finds_neither_its_task_s_tests_nor_its_solution()
    {
        string task = Folder("task"), script = Path.Combine(_work, "agent.json");
        await CopyAsync(Path.Combine(Repository, "tasks", "todo-done"), task);
        _canaries.Plant(Path.Combine(task, "solution", "notes"));
        _canaries.Plant(Path.Combine(task, "tests", "expected"));
        string given = Canaries.New();
        string files = Directory.CreateDirectory(Path.Combine(task, "environment", "files")).FullName;
        await File.WriteAllTextAsync(Path.Combine(files, "given"), given);
        string search = await File.ReadAllTextAsync(Programs.Find("search_everything.py"));
        // What was found is told by the timeline: a line each, as a program's arguments.
        await File.WriteAllTextAsync(script, JsonSerializer.Serialize(new object[]
        {
            new { tool = "edit", arguments = new { action = "create", path = "search.py", content = search } },
            new { tool = "bash", arguments = new { command =
                "python3 search.py >/tmp/found; while read -r line; do /bin/true \"$line\"; done </tmp/found" } },
        }));

        RunConfig config = Run.Config() with { Episodes = [new EpisodeConfig
        {
            TaskFolder = task, Agent = $"scripted:{script}",
        }] };
        string told = await WithTimelineAsync(config);

        Assert.Contains(given, told, StringComparison.Ordinal);
        Assert.Empty(_canaries.Hidden.Where(each => told.Contains(each.Key, StringComparison.Ordinal))
            .Select(each => each.Value));
        Assert.Equal(2, _canaries.Hidden.Count);
    }

    private static async Task<string> WithTimelineAsync(RunConfig config)
    {
        (RunPlan? plan, IReadOnlyList<string> mistakes) = RunPlanner.Plan(config);
        Assert.Empty(mistakes);
        RunSummary summary = await WatchedRun.ExecuteAsync(
            plan!, Run.Silent, TimeProvider.System, TestContext.Current.CancellationToken);
        using Store.TimelineReader timeline = Store.TimelineReader.Open(Path.Combine(summary.Folder!, "timeline.db"));
        string told = string.Join('\n', timeline.Read().Select(each => each.Fact)
            .OfType<Events.Fact.ProcessExecuted>().Select(each => string.Join(' ', each.Arguments)));
        FolderRemoval.Remove(config.RunsFolder);
        return told;
    }

    private static void Looked(string said)
    {
        Match looked = Regex.Match(said, @"LOOKED files=(\d+) sockets=(\d+) environments=(\d+)");
        Assert.True(int.Parse(looked.Groups[1].Value) > 1000, said);
        Assert.True(int.Parse(looked.Groups[3].Value) >= 1, said);
    }

    private static Dictionary<string, string> Found(string said) => FoundLine().Matches(said)
        .GroupBy(match => match.Groups[1].Value)
        .ToDictionary(
            group => group.Key, group => string.Join(' ', group.Select(match => match.Groups[2].Value.Trim())));

    [GeneratedRegex("FOUND (CANARY-[0-9a-f]{32}) (.*)")]
    private static partial Regex FoundLine();

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_work, name)).FullName;

    private static async Task CopyAsync(string from, string to)
    {
        using Process copy = Process.Start("cp", ["-a", $"{from}/.", to]);
        await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> CommandAsync(Dictionary<string, string> environment, string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "aurelian"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said + await error;
    }
}
