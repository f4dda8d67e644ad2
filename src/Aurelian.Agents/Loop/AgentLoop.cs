using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Agents;

/// <summary>
/// Policy → tool call → result, until the policy submits, ends, or a limit does. Each tool call is one unit of
/// attribution: numbered, announced, and run in a cgroup of its own.
/// </summary>
public sealed class AgentLoop(
    AgentLoopPlan plan, ISandbox sandbox, IPolicyModel policy, IObservationSink sink, TimeProvider time)
{
    private const int OutputBytesMax = 1 << 20;
    private const int CommandCharactersMax = 4000;

    private readonly List<AgentMessage> _conversation = [new(AgentRole.User, plan.Instruction)];
    private readonly ShellSession _shell = new(sandbox);
    private readonly ShellEnvironment _environment = new();
    private int _calls;
    private long _tokens;

    /// <param name="contained">Cancelled when the sandbox was contained: the episode ends with it.</param>
    public async Task<EpisodeTranscript> RunAsync(CancellationToken contained, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int turn = 1; turn <= plan.TurnsMax; turn++)
        {
            string? stop = contained.IsCancellationRequested ? StopReasons.Contained
                : time.GetElapsedTime(start) > plan.Timeout ? StopReasons.Time
                : _conversation.Sum(message => message.Text.Length) > plan.ContextCharactersMax ? StopReasons.Context
                : _tokens > plan.TokensMax ? StopReasons.Tokens
                : null;
            if (stop is not null)
            {
                return End(stop);
            }

            (AgentTurn? next, string failure) = await NextAsync(
                turn, plan.Timeout - time.GetElapsedTime(start), cancellationToken).ConfigureAwait(false);
            if (next is null)
            {
                return End(failure);
            }

            if (next.Malformed is { } problem)
            {
                _conversation.Add(new AgentMessage(AgentRole.Tool, AgentTools.Mend(problem)));
                continue;
            }

            if (next.Calls.Count == 0)
            {
                return End(StopReasons.Ended);
            }

            foreach (ToolRequest request in next.Calls)
            {
                TimeSpan left = plan.Timeout - time.GetElapsedTime(start);
                string result = await CallAsync(request, left, cancellationToken).ConfigureAwait(false);
                _conversation.Add(new AgentMessage(AgentRole.Tool, result) { CallId = request.Id });
                if (request.Tool == "submit")
                {
                    return End(contained.IsCancellationRequested ? StopReasons.Contained : StopReasons.Submitted);
                }
            }
        }

        return End(StopReasons.Turns);
    }

    /// <summary>The policy's next turn, told and kept; null where it failed or thought for too long.</summary>
    private async Task<(AgentTurn? Turn, string Failure)> NextAsync(
        int turn, TimeSpan left, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            AgentTurn next = await policy.NextAsync(_conversation, either.Token).ConfigureAwait(false);
            Post(null, new Fact.AgentStepped(turn, ToolOutput.Cut(next.Text)));
            _tokens += next.TokenCount;
            _conversation.Add(new AgentMessage(AgentRole.Assistant, next.Written ?? next.Text)
            {
                Calls = [.. next.Calls.Where(call => call.Id is not null)],
            });
            return (next, "");
        }
        catch (PolicyException exception)
        {
            Post(null, new Fact.AgentStepped(turn, ToolOutput.Cut($"[the policy failed: {exception.Message}]")));
            return (null, StopReasons.Failed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, StopReasons.Time);
        }
    }

    private async Task<string> CallAsync(ToolRequest request, TimeSpan left, CancellationToken cancellationToken)
    {
        ToolCallId call = ToolCallId.Numbered(plan.Episode, ++_calls);
        string command = Describe(request);
        plan.OnCall?.Invoke(call, command);
        Post(call, new Fact.ToolCallStarted(call.Number, request.Tool, command));
        (string text, Fact.ToolCallEnded ended) = request.Tool switch
        {
            "bash" when request.Arguments.ContainsKey("command") =>
                await BashAsync(call, request.Arguments["command"], left, cancellationToken).ConfigureAwait(false),
            "edit" => await EditAsync(request, cancellationToken).ConfigureAwait(false),
            "submit" => ("submitted", Ended(0, 0)),
            "bash" => ("bash needs an argument 'command'", Ended(1, 0)),
            _ => ($"There is no tool '{request.Tool}'. The tools are bash (command), edit (action, path …), submit.",
                Ended(1, 0)),
        };
        Post(call, ended);
        return ToolOutput.Cut(text);
    }

    private async Task<(string, Fact.ToolCallEnded)> BashAsync(
        ToolCallId call, string command, TimeSpan left, CancellationToken cancellationToken)
    {
        TimeSpan timeout = left < plan.CallTimeout ? left : plan.CallTimeout;
        ExecResult result = await _shell.RunAsync(
            call, command, timeout > TimeSpan.Zero ? timeout : TimeSpan.FromMilliseconds(1), OutputBytesMax,
            cancellationToken).ConfigureAwait(false);
        await FollowEnvironmentAsync(call, result, cancellationToken).ConfigureAwait(false);
        string text = ToolOutput.FromBytes(result.Output) + ToolOutput.FromBytes(result.Error);
        string ending = result.TimedOut ? "\n[timed out and was killed]"
            : result.Killed ? "\n[killed]"
            : result.ExitCode is { } code && code != 0 ? $"\n[exit code {code}]"
            : "";
        return (text + ending, new Fact.ToolCallEnded(
            result.ExitCode, result.Killed, result.TimedOut, result.OutputBytes, result.Truncated, result.CpuSeconds));
    }

    /// <summary>
    /// What a call left in the environment acts in every later one, under their names: it is told whose it is.
    /// </summary>
    private async Task FollowEnvironmentAsync(ToolCallId call, ExecResult result, CancellationToken cancellationToken)
    {
        if (result.Killed)
        {
            return;
        }

        FileContent left = await sandbox.Files.ReadAsync(
            ShellSession.EnvironmentInside, ShellEnvironment.BytesMax, cancellationToken).ConfigureAwait(false);
        if (left.Outcome == FileOutcome.Done && _environment.Follow(left.Bytes.Span) is { Length: > 0 } changed)
        {
            Post(call, new Fact.EnvironmentChanged(changed));
        }
    }

    private async Task<(string, Fact.ToolCallEnded)> EditAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        (string text, bool done) =
            await EditTool.RunAsync(sandbox, request.Arguments, cancellationToken).ConfigureAwait(false);
        if (done && plan.OnEdited is { } edited)
        {
            await edited(cancellationToken).ConfigureAwait(false);
        }

        return (text, Ended(done ? 0 : 1, text.Length));
    }

    private static Fact.ToolCallEnded Ended(int exitCode, int length) => new(exitCode, false, false, length, false, 0);

    private static string Describe(ToolRequest request)
    {
        string text = request.Tool switch
        {
            "bash" => request.Arguments.GetValueOrDefault("command", ""),
            "edit" =>
                string.Join(' ', "edit", request.Arguments.GetValueOrDefault("action", ""),
                request.Arguments.GetValueOrDefault("path", "")),
            _ => request.Tool,
        };
        return text.Length > CommandCharactersMax ? text[..CommandCharactersMax] + "…" : text;
    }

    private void Post(ToolCallId? call, Fact fact) => sink.TryPost(
        SourceNames.Agent, new Observation(MonotonicClock.NowNs, plan.Subject with { Call = call }, fact));

    private EpisodeTranscript End(string reason) => new(reason, _conversation, _calls);
}
