using Aurelian.Agents;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Store;

namespace Aurelian.Bench;

/// <summary>
/// An opened stage as a watched run has it, and episodes of one small task on it: two tool calls and a grade.
/// </summary>
internal sealed class EpisodeStage : IAsyncDisposable
{
    internal static readonly string[] Commands = ["echo one >a && cat a", "echo two >>a && wc -l a"];

    private const string Tests = """
        [ "$(cat /workspace/a)" = "$(printf 'one\ntwo')" ] && reward=1 || reward=0
        echo $reward >/logs/verifier/reward.txt
        """;

    private readonly string _folder;
    private readonly RunPlan _plan;
    private readonly SandboxSupply _supply;
    private readonly TaskPlan _task;
    private int _episodes;

    private EpisodeStage(string folder, RunPlan plan, Stage stage, TaskPlan task)
    {
        _folder = folder;
        _plan = plan;
        Stage = stage;
        _task = task;
        _supply = new SandboxSupply(stage, plan);
    }

    internal Stage Stage { get; }

    internal SandboxSupply Supply => _supply;

    /// <param name="episodes">As many as will be run: the pool makes sandboxes ahead for them.</param>
    internal static async Task<EpisodeStage> OpenAsync(
        int episodes, PolicyPlan policy, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("aurelian-bench-").FullName;
        TaskPlan task = WriteTask(Path.Combine(folder, "task"));
        RunPlan plan = new()
        {
            Config = new RunConfig { RunsFolder = Path.Combine(folder, "runs"), Episodes = [] },
            Policy = policy,
            Episodes = [.. Enumerable.Range(0, episodes).Select(index => Plan(index, task))],
        };
        RunFolder run = RunFolder.Create(plan.Config.RunsFolder, TimeProvider.System);
        Stage stage = await Stage.OpenAsync(
            plan, run, new SilentObserver(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        EpisodeStage opened = new(folder, plan, stage, task);
        await Rehearsal.RunAsync(stage, opened._supply, cancellationToken).ConfigureAwait(false);
        return opened;
    }

    /// <summary>Until the pool has as many ready as it may.</summary>
    internal async Task WarmAsync(int ready, CancellationToken cancellationToken)
    {
        for (int round = 0; round < 10_000 && Stage.Host.Ready < ready; round++)
        {
            await Task.Delay(2, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A whole episode: from its first event to its verdict, stored.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        EpisodePlan episode = Plan(Interlocked.Increment(ref _episodes), _task);
        Verdict verdict = await new EpisodeRunner(Stage, _plan, _supply, new SilentObserver())
            .RunAsync(episode, cancellationToken).ConfigureAwait(false);
        if (verdict.State != VerdictState.Clean)
        {
            throw new InvalidOperationException(
                $"An episode of the benchmark is {verdict.State}: what was measured is not what was meant. "
                    + string.Join("; ", Stage.Coverage().Where(each => each.Dropped > 0
                        || each.State != SourceState.Full).Select(each => each.ToString())));
        }
    }

    /// <summary>A command as an episode, whatever becomes of it.</summary>
    internal Task RunAsync(string[] command, CancellationToken cancellationToken) =>
        new EpisodeRunner(Stage, _plan, _supply, new SilentObserver()).RunAsync(
            new EpisodePlan.OfCommand(
                new EpisodeId($"b{Interlocked.Increment(ref _episodes)}"), command, new Dictionary<string, string>()),
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Stage.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private static EpisodePlan.OfTask Plan(int number, TaskPlan task) =>
        new(new EpisodeId($"b{number}"), task, new TwoCalls());

    private static TaskPlan WriteTask(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tests"));
        File.WriteAllText(Path.Combine(folder, "tests", "test.sh"), Tests);
        TimeSpan time = TimeSpan.FromMinutes(1);
        return new TaskPlan(
            "bench", folder, "", Path.Combine(folder, "none"), Path.Combine(folder, "tests"), time, time);
    }

    private sealed class TwoCalls : IPolicyModel
    {
        private int _turn;

        public string Name => "bench";

        public ValueTask<AgentTurn> NextAsync(
            IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken) =>
            ValueTask.FromResult(_turn < Commands.Length
                ? new AgentTurn("", [new ToolRequest(
                    "bash", new Dictionary<string, string> { ["command"] = Commands[_turn++] })])
                : new AgentTurn("", []));
    }
}
