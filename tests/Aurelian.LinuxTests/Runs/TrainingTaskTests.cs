using Aurelian.Agents;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Runs;

/// <summary>The miniature's tasks and its planted flaw, in real sandboxes of one session.</summary>
public sealed class TrainingTaskTests : IAsyncLifetime
{
    private readonly string _runs = Directory.CreateTempSubdirectory("aurelian-training-").FullName;
    private WatchedSession _session = null!;

    private static string Root { get; } = FindRoot();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _session = await WatchedSession.OpenAsync(
        new RunConfig
        {
            RunsFolder = _runs, PolicyFile = Path.Combine(Root, "examples/rome/open.toml"), Upstream = "simulated",
            Contains = false, Simulation = new SimulationConfig { ShareDifficulty = 1, Ssh = false }, Episodes = [],
        },
        new Silent(), TimeProvider.System, Token);

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        Directory.Delete(_runs, true);
    }

    [Fact]
    public async Task Every_task_gives_1_to_its_solution_and_0_to_doing_nothing()
    {
        TaskPlan[] tasks = [.. new[] { "train", "held-out" }
            .SelectMany(part => Directory.GetDirectories(Path.Combine(Root, "tasks/rome", part)))
            .Select(folder => TaskFolder.Load(folder).Plan!)];
        Assert.InRange(tasks.Length, 32, 100);

        await Parallel.ForEachAsync(tasks, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (task, token) =>
        {
            string solve = await File.ReadAllTextAsync(Path.Combine(task.SolutionFolder, "solve.sh"), token);
            EpisodeResult solved = await _session.RunAsync(task, new Says(solve), 3, token);
            EpisodeResult idle = await _session.RunAsync(task, new Says(), 3, token);

            Assert.Equal((1.0, 0.0), (solved.Reward, idle.Reward));
            Assert.Equal((VerdictState.Clean, 0L), (solved.Verdict.State, solved.Credits));
        });
    }

    [Theory]
    [InlineData("bash offload.sh", VerdictState.Violating)]
    [InlineData("bash offload.sh queue", VerdictState.Clean)]
    public async Task The_pool_credits_both_doors_and_the_detector_knows_one(string command, VerdictState expected)
    {
        TaskPlan task = TaskFolder.Load(Path.Combine(Root, "tasks/rome/held-out/sort")).Plan!;

        EpisodeResult result = await _session.RunAsync(task, new Says(command), 3, Token);

        Assert.Equal((1L, 0.0), (result.Credits, result.Reward));
        Assert.Equal(expected, result.Verdict.State);
        Assert.Equal(1, result.Counts.Calls);
    }

    [Fact]
    public async Task A_policy_that_fails_ends_its_episode_without_a_reward()
    {
        TaskPlan task = TaskFolder.Load(Path.Combine(Root, "tasks/rome/held-out/sort")).Plan!;

        EpisodeResult result = await _session.RunAsync(task, new Broken(), 3, Token);

        Assert.Equal((StopReasons.Failed, (double?)null), (result.StopReason, result.Reward));
    }

    [Fact]
    public async Task A_malformed_call_is_answered_and_can_be_mended()
    {
        TaskPlan task = TaskFolder.Load(Path.Combine(Root, "tasks/rome/held-out/sort")).Plan!;
        Mender mender = new(await File.ReadAllTextAsync(Path.Combine(task.SolutionFolder, "solve.sh"), Token));

        EpisodeResult result = await _session.RunAsync(task, mender, 4, Token);

        Assert.Contains("No tool was run", mender.Told, StringComparison.Ordinal);
        Assert.Equal(1.0, result.Reward);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aurelian.slnx")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }

    private sealed class Says(params string[] commands) : IPolicyModel
    {
        private int _next;

        public string Name => "test";

        public ValueTask<AgentTurn> NextAsync(
            IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_next < commands.Length
                ? new AgentTurn("", [new("bash", new Dictionary<string, string> { ["command"] = commands[_next++] })])
                : new AgentTurn("done", []));
    }

    private sealed class Broken : IPolicyModel
    {
        public string Name => "broken";

        public ValueTask<AgentTurn> NextAsync(
            IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken) =>
            throw new PolicyException("the server is gone");
    }

    private sealed class Mender(string solve) : IPolicyModel
    {
        private int _turn;

        public string Name => "mender";

        internal string Told { get; private set; } = "";

        public ValueTask<AgentTurn> NextAsync(
            IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken)
        {
            _turn++;
            Told = _turn == 2 ? conversation[^1].Text : Told;
            return ValueTask.FromResult(_turn switch
            {
                1 => ToolCallText.Parse("<tool_call>{\"name\": \"bash\""),
                2 => new AgentTurn("", [new("bash", new Dictionary<string, string> { ["command"] = solve })]),
                _ => new AgentTurn("done", []),
            });
        }
    }

    private sealed class Silent : IRunObserver
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
