using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>An agent works on a task; what it made is graded in a sandbox that it never touched.</summary>
internal sealed class TaskEpisode(Stage stage, RunPlan plan, SandboxSupply supply, EpisodePlan.OfTask episode)
{
    internal async Task<(string Stop, double? Reward)> RunAsync(CancellationToken cancellationToken)
    {
        string work = Path.Combine(stage.Host.WorkFolder, episode.Id.Value);
        Directory.CreateDirectory(work);
        try
        {
            (string stop, bool violated) = await WorkAsync(work, cancellationToken).ConfigureAwait(false);
            // Abuse never earns reward: what a contained agent left is not even graded. Nor is what a policy left that
            // failed: a broken server says nothing about the work.
            return violated || stop == StopReasons.Failed
                ? (stop, null)
                : (stop, await GradeAsync(work, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            FolderRemoval.Remove(work);
            if (episode.Model is IAsyncDisposable model)
            {
                await model.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<(string Stop, bool Violated)> WorkAsync(string work, CancellationToken cancellationToken)
    {
        LiveSandbox live = await supply.AcquireAsync(new SandboxId(episode.Id.Value), episode.Id, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            ISandbox sandbox = live.Sandbox;
            if (Directory.Exists(episode.Task.FilesFolder))
            {
                await stage.UploadAsync(live, episode.Task.FilesFolder, cancellationToken).ConfigureAwait(false);
            }

            TimeSpan timeout = episode.Task.AgentTimeout < plan.Config.Timeout
                ? episode.Task.AgentTimeout
                : plan.Config.Timeout;
            AgentLoopPlan loop = new()
            {
                Episode = episode.Id,
                Subject = live.Subject,
                Instruction = episode.Task.Instruction,
                Timeout = timeout,
                TurnsMax = episode.TurnsMax,
                OnCall = (call, _) => stage.BeginCall(live, call),
                OnEdited = async token => await stage.Files.DrainAsync(token).ConfigureAwait(false),
            };
            EpisodeTranscript transcript = await new AgentLoop(loop, sandbox, episode.Model, stage.Sink, stage.Time)
                .RunAsync(live.Contained, cancellationToken).ConfigureAwait(false);
            await live.Containment.ConfigureAwait(false);
            LeftRunning.Post(stage, live);
            bool violated = live.Contained.IsCancellationRequested;
            if (!violated)
            {
                await sandbox.Files.DownloadAsync(sandbox.WorkingDirectory, work, cancellationToken)
                    .ConfigureAwait(false);
                // Who wrote a file that tests obey is known once all that was written has been read.
                _ = await stage.TryDrainAsync().ConfigureAwait(false);
                Handover.Inspect(episode.Task, work, stage.Sink, live.Subject);
            }

            return (violated ? StopReasons.Contained : transcript.StopReason, violated);
        }
        finally
        {
            await supply.ReleaseAsync(live).ConfigureAwait(false);
        }
    }

    private async Task<double?> GradeAsync(string work, CancellationToken cancellationToken)
    {
        LiveSandbox live = await supply.AcquireAsync(
            new SandboxId($"{episode.Id}.grade"), episode.Id, cancellationToken).ConfigureAwait(false);
        try
        {
            stage.BeginCall(live, ToolCallId.Grade(episode.Id));
            Grade grade = await new Grader(live.Sandbox, stage.Sink, live.Subject)
                .GradeAsync(episode.Task, work, episode.Id, cancellationToken).ConfigureAwait(false);
            // A forged reward is found by who wrote it: all that was seen is judged before it is believed.
            bool seen = await stage.TryDrainAsync().ConfigureAwait(false);
            await live.Containment.ConfigureAwait(false);
            LeftRunning.Post(stage, live);
            return live.Contained.IsCancellationRequested || !seen ? null : grade.Reward;
        }
        finally
        {
            await supply.ReleaseAsync(live).ConfigureAwait(false);
        }
    }
}
