using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Training.Rollouts;

namespace Aurelian.TrainingTests.Rollouts;

public sealed class MemoisedEpisodesTests
{
    private static readonly TaskPlan Plan =
        new("t", "/t", "Do it.", "/t/f", "/t/tests", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    [Fact]
    public async Task The_second_time_a_command_is_answered_from_its_record()
    {
        Sandboxes live = new();
        MemoisedEpisodes source = new(live, new OutcomeMemo());

        EpisodeOutcome first = await source.RunAsync(Plan, Says("ls", "pwd"), 4, Token);
        EpisodeOutcome second = await source.RunAsync(Plan, Says("ls", "pwd"), 4, Token);

        Assert.Equal((1, false, true), (live.Runs, first.Memoised, second.Memoised));
        Assert.Equal((first.Tests, first.Verdict, first.Credits), (second.Tests, second.Verdict, second.Credits));
    }

    [Fact]
    public async Task A_command_never_run_before_is_run_after_the_ones_before_it()
    {
        Sandboxes live = new();
        MemoisedEpisodes source = new(live, new OutcomeMemo());
        await source.RunAsync(Plan, Says("ls"), 4, Token);

        Talker policy = Says("ls", "cat x");
        EpisodeOutcome outcome = await source.RunAsync(Plan, policy, 4, Token);

        Assert.False(outcome.Memoised);
        Assert.Equal(["ls", "cat x"], live.Commands[^2..]);
        Assert.Equal(["of ls", "of cat x"], policy.Heard);
    }

    [Fact]
    public async Task An_episode_that_broke_is_no_record()
    {
        Sandboxes live = new() { Reward = null };
        MemoisedEpisodes source = new(live, new OutcomeMemo());

        await source.RunAsync(Plan, Says("ls"), 4, Token);
        await source.RunAsync(Plan, Says("ls"), 4, Token);

        Assert.Equal(2, live.Runs);
    }

    [Fact]
    public async Task A_verdict_that_came_late_stands_in_the_record_too()
    {
        Sandboxes live = new() { Late = VerdictState.Violating };
        MemoisedEpisodes source = new(live, new OutcomeMemo());
        EpisodeOutcome first = await source.RunAsync(Plan, Says("ls"), 4, Token);

        await source.JudgeAgainAsync(first.Episode, Token);
        EpisodeOutcome second = await source.RunAsync(Plan, Says("ls"), 4, Token);

        Assert.Equal((VerdictState.Clean, VerdictState.Violating), (first.Verdict, second.Verdict));
        Assert.Equal((first.Episode, true), (second.Episode, second.Memoised));
    }

    [Fact]
    public async Task Running_recorded_commands_again_counts_those_that_answer_otherwise()
    {
        Sandboxes live = new();
        MemoisedEpisodes source = new(live, new OutcomeMemo());
        await source.RunAsync(Plan, Says("ls"), 4, Token);
        Dictionary<string, TaskPlan> tasks = new() { ["t"] = Plan };

        Assert.Equal((5, 5), await source.CheckAsync(tasks, 5, new Random(1), Token));
        live.Answer = command => "other";
        Assert.Equal((0, 5), await source.CheckAsync(tasks, 5, new Random(1), Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Talker Says(params string[] commands) => new(commands);

    private sealed class Talker(string[] commands) : IPolicyModel
    {
        private int _next;

        public string Name => "talker";

        internal List<string> Heard { get; } = [];

        public ValueTask<AgentTurn> NextAsync(
            IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken)
        {
            if (conversation[^1].Role == AgentRole.Tool)
            {
                Heard.Add(conversation[^1].Text);
            }

            return ValueTask.FromResult(_next < commands.Length
                ? new AgentTurn("", [new("bash", new Dictionary<string, string> { ["command"] = commands[_next++] })])
                : new AgentTurn("done", []));
        }
    }

    /// <summary>Stands in for sandboxes: every command answers "of COMMAND".</summary>
    private sealed class Sandboxes : IEpisodeSource
    {
        internal int Runs { get; private set; }

        internal double? Reward { get; init; } = 1;

        internal VerdictState? Late { get; init; }

        internal List<string> Commands { get; } = [];

        internal Func<string, string> Answer { get; set; } = command => $"of {command}";

        public async Task<EpisodeOutcome> RunAsync(
            TaskPlan task, IPolicyModel policy, int turnsMax, CancellationToken cancellationToken)
        {
            Runs++;
            List<AgentMessage> conversation = [new(AgentRole.User, task.Instruction)];
            while (await policy.NextAsync(conversation, cancellationToken) is { Calls: [{ } call] })
            {
                Commands.Add(call.Arguments["command"]);
                conversation.Add(new AgentMessage(AgentRole.Tool, Answer(Commands[^1])));
            }

            return new EpisodeOutcome
            {
                Episode = $"r/e{Runs}", StopReason = StopReasons.Ended, Tests = Reward, Credits = 0,
                Verdict = VerdictState.Clean, Final = true, Findings = [], Calls = 1, CpuSeconds = 0, Denied = 0,
            };
        }

        public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
            string episode, CancellationToken cancellationToken) =>
            Task.FromResult<(VerdictState, bool)?>(Late is { } state ? (state, true) : null);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
