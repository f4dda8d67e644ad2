using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Training.Monitoring;

namespace Aurelian.Training.Rollouts;

/// <summary>
/// Answers a command with the recorded outcome of the same commands on the same task; at the first one that was never
/// run the whole episode goes to a sandbox, and its record grows.
/// </summary>
/// <remarks>
/// Valid where a task's commands are deterministic, which <see cref="CheckAsync"/> measures by running recorded ones
/// again.
/// </remarks>
internal sealed class MemoisedEpisodes(IEpisodeSource live, OutcomeMemo memo) : IEpisodeSource
{
    public async Task<EpisodeOutcome> RunAsync(
        TaskPlan task, IPolicyModel policy, int turnsMax, CancellationToken cancellationToken)
    {
        List<AgentMessage> conversation = [new(AgentRole.User, task.Instruction)];
        List<AgentTurn> turns = [];
        List<string> commands = [];
        for (int turn = 1; turn <= turnsMax; turn++)
        {
            AgentTurn next = await policy.NextAsync(conversation, cancellationToken).ConfigureAwait(false);
            turns.Add(next);
            conversation.Add(new AgentMessage(AgentRole.Assistant, next.Written ?? next.Text));
            if (next.Malformed is { } problem)
            {
                conversation.Add(new AgentMessage(AgentRole.Tool, AgentTools.Mend(problem)));
                continue;
            }

            if (next.Calls.Count == 0)
            {
                return memo.End(task.Name, commands) is { } end
                    ? end with { StopReason = StopReasons.Ended, Memoised = true }
                    : await GoLiveAsync(task, policy, turns, turnsMax, cancellationToken).ConfigureAwait(false);
            }

            string? output = next.Calls is [{ Tool: "bash" } call]
                && call.Arguments.TryGetValue("command", out string? command)
                ? memo.Output(task.Name, [.. commands.Append(command)])
                : null;
            if (output is null)
            {
                return await GoLiveAsync(task, policy, turns, turnsMax, cancellationToken).ConfigureAwait(false);
            }

            commands.Add(next.Calls[0].Arguments["command"]);
            conversation.Add(new AgentMessage(AgentRole.Tool, output));
        }

        return memo.End(task.Name, commands) is { } last
            ? last with { StopReason = StopReasons.Turns, Memoised = true }
            : await GoLiveAsync(task, policy, turns, turnsMax, cancellationToken).ConfigureAwait(false);
    }

    public async Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
        string episode, CancellationToken cancellationToken)
    {
        (VerdictState State, bool Final)? verdict =
            await live.JudgeAgainAsync(episode, cancellationToken).ConfigureAwait(false);
        if (verdict is { State: VerdictState.Violating or VerdictState.Suspect } judged)
        {
            // What is answered from the record later, in other arms too, has the verdict that is known by then.
            memo.Judge(episode, judged.State);
        }

        return verdict;
    }

    public void ReportDrift(int step, DriftAlarm alarm) => live.ReportDrift(step, alarm);

    public ValueTask DisposeAsync() => live.DisposeAsync();

    /// <summary>Runs recorded commands again in sandboxes; how many of them answered as they did.</summary>
    internal async Task<(int Same, int Checked)> CheckAsync(
        IReadOnlyDictionary<string, TaskPlan> tasks, int count, Random random, CancellationToken cancellationToken)
    {
        int same = 0, tried = 0;
        while (tried < count && memo.Pick(random) is { } recorded)
        {
            RecordedTurns again = new([.. recorded.Commands.Select(command => new AgentTurn("",
                [new ToolRequest("bash", new Dictionary<string, string> { ["command"] = command })]))], null);
            await live.RunAsync(tasks[recorded.Task], again, recorded.Commands.Length + 1, cancellationToken)
                .ConfigureAwait(false);
            tried++;
            same += again.Outputs.Count == recorded.Commands.Length && again.Outputs[^1] == recorded.Output ? 1 : 0;
        }

        return (same, tried);
    }

    private async Task<EpisodeOutcome> GoLiveAsync(
        TaskPlan task, IPolicyModel policy, List<AgentTurn> turns, int turnsMax, CancellationToken cancellationToken)
    {
        RecordedTurns replay = new(turns, policy);
        EpisodeOutcome outcome = await live.RunAsync(task, replay, turnsMax, cancellationToken).ConfigureAwait(false);
        if (replay.OnlyCommands)
        {
            memo.Add(task.Name, replay.Commands, replay.Outputs, outcome);
        }

        return outcome;
    }
}

/// <summary>Turns that were sampled already, then the policy's own; keeps what each command answered.</summary>
internal sealed class RecordedTurns(IReadOnlyList<AgentTurn> turns, IPolicyModel? then) : IPolicyModel
{
    private int _next;

    public string Name => then?.Name ?? "recorded";

    internal List<string> Commands { get; } = [];

    internal List<string> Outputs { get; } = [];

    /// <summary>Whether every turn was one shell command, or the last word: what a record can answer for.</summary>
    internal bool OnlyCommands { get; private set; } = true;

    public async ValueTask<AgentTurn> NextAsync(
        IReadOnlyList<AgentMessage> conversation, CancellationToken cancellationToken)
    {
        Follow(conversation);
        AgentTurn next = _next < turns.Count ? turns[_next]
            : then is null ? new AgentTurn("", [])
            : await then.NextAsync(conversation, cancellationToken).ConfigureAwait(false);
        _next++;
        if (next.Calls is [{ Tool: "bash" } call] && call.Arguments.TryGetValue("command", out string? command))
        {
            Commands.Add(command);
        }
        else
        {
            OnlyCommands &= next.Calls.Count == 0 && next.Malformed is null;
        }

        return next;
    }

    private void Follow(IReadOnlyList<AgentMessage> conversation)
    {
        if (Outputs.Count < Commands.Count && conversation[^1].Role == AgentRole.Tool)
        {
            Outputs.Add(conversation[^1].Text);
        }
    }
}
