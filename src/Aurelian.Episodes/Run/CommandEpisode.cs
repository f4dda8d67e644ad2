using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>A command of the user's as one tool call, watched a little longer than it runs.</summary>
internal sealed class CommandEpisode(
    Stage stage, RunPlan plan, SandboxSupply supply, IRunObserver observer, EpisodePlan.OfCommand episode)
{
    private const int CommandCharactersMax = 4000;

    internal async Task<(string Stop, double? Reward)> RunAsync(CancellationToken cancellationToken)
    {
        LiveSandbox live = await supply.AcquireAsync(new SandboxId(episode.Id.Value), episode.Id, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            ISandbox sandbox = live.Sandbox;
            if (plan.Config.WorkingFolder is { } folder)
            {
                await stage.UploadAsync(live, folder, cancellationToken).ConfigureAwait(false);
            }

            ExecResult result = await CallAsync(live, cancellationToken).ConfigureAwait(false);
            await LingerAsync(live, cancellationToken).ConfigureAwait(false);
            // What was killed was not left running.
            await live.Containment.ConfigureAwait(false);
            LeftRunning.Post(stage, live);
            await WriteDiffAsync(sandbox, cancellationToken).ConfigureAwait(false);
            bool contained = live.Contained.IsCancellationRequested;
            return (contained ? "contained" : result.TimedOut ? "time" : "ended", null);
        }
        finally
        {
            await supply.ReleaseAsync(live).ConfigureAwait(false);
        }
    }

    /// <summary>A patch that cannot be written is said and costs nobody the verdict.</summary>
    private async Task WriteDiffAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        if (plan.Config is not { DiffFile: { } diff, WorkingFolder: { } original })
        {
            return;
        }

        (FileOutcome outcome, string patch) = await sandbox.Files
            .DiffAsync(sandbox.WorkingDirectory, original, cancellationToken).ConfigureAwait(false);
        try
        {
            await File.WriteAllTextAsync(diff, patch, cancellationToken).ConfigureAwait(false);
            if (outcome != FileOutcome.Done)
            {
                observer.ResultLost($"{diff} is not whole: {outcome}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            observer.ResultLost($"the changes could not be written: {exception.Message}");
        }
    }

    private async Task<ExecResult> CallAsync(LiveSandbox live, CancellationToken cancellationToken)
    {
        ToolCallId call = ToolCallId.Numbered(episode.Id, 1);
        Subject subject = live.Subject with { Call = call };
        string command = CommandLine.Join(episode.Arguments);
        stage.BeginCall(live, call);
        Post(subject, new Fact.ToolCallStarted(
            1, "command", command.Length > CommandCharactersMax ? command[..CommandCharactersMax] + "…" : command));
        ExecResult result = await live.Sandbox.ExecAsync(
            new ExecRequest
            {
                Call = call,
                Arguments = episode.Arguments,
                Timeout = plan.Config.Timeout,
                Environment = episode.Environment,
                InputStream = plan.Config.Input,
                OutputBytesMax = 0,
                OnOutput = piece => observer.OutputCame(piece.IsError, piece.Bytes),
            },
            cancellationToken).ConfigureAwait(false);
        if (result.Error.Length > 0)
        {
            observer.OutputCame(true, result.Error);
        }

        Post(subject, new Fact.ToolCallEnded(
            result.ExitCode, result.Killed, result.TimedOut, result.OutputBytes, false, result.CpuSeconds));
        return result;
    }

    /// <summary>What the command left running goes on, is watched, and is named then.</summary>
    private async Task LingerAsync(LiveSandbox live, CancellationToken cancellationToken)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(50);
        long start = stage.Time.GetTimestamp();
        while (stage.Time.GetElapsedTime(start) < plan.Config.Linger
            && !live.Contained.IsCancellationRequested
            && live.Sandbox.ReadUsage(ToolCallId.Numbered(episode.Id, 1)).Pids.Count > 0)
        {
            await Task.Delay(step, stage.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Post(Subject subject, Fact fact) =>
        stage.Sink.TryPost(SourceNames.Agent, new Observation(MonotonicClock.NowNs, subject, fact));
}
