using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>Shell commands, one tool call each, in a copy of the working folder; nothing is graded.</summary>
internal sealed class CallsEpisode(Stage stage, RunPlan plan, SandboxSupply supply, EpisodePlan.OfCalls episode)
{
    internal async Task<(string Stop, double? Reward)> RunAsync(CancellationToken cancellationToken)
    {
        LiveSandbox live = await supply.AcquireAsync(new SandboxId(episode.Id.Value), episode.Id, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            if (plan.Config.WorkingFolder is { } folder)
            {
                await stage.UploadAsync(live, folder, cancellationToken).ConfigureAwait(false);
            }

            AgentLoopPlan loop = new()
            {
                Episode = episode.Id,
                Subject = live.Subject,
                Instruction = episode.Model.Name,
                Timeout = plan.Config.Timeout,
                CallTimeout = plan.Config.Timeout,
                OnCall = (call, _) => stage.BeginCall(live, call),
            };
            EpisodeTranscript transcript = await new AgentLoop(
                loop, live.Sandbox, episode.Model, stage.Sink, stage.Time)
                .RunAsync(live.Contained, cancellationToken).ConfigureAwait(false);
            await live.Containment.ConfigureAwait(false);
            LeftRunning.Post(stage, live);
            return (live.Contained.IsCancellationRequested ? StopReasons.Contained : transcript.StopReason, null);
        }
        finally
        {
            await supply.ReleaseAsync(live).ConfigureAwait(false);
        }
    }
}
