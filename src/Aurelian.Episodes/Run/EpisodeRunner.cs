using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>One watched episode from its first event to its verdict.</summary>
internal sealed class EpisodeRunner(Stage stage, RunPlan plan, SandboxSupply supply, IRunObserver observer)
{
    private static readonly TimeSpan FlushMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StoreMax = TimeSpan.FromSeconds(30);

    internal async Task<Verdict> RunAsync(EpisodePlan episode, CancellationToken cancellationToken) =>
        (await RunWholeAsync(episode, cancellationToken).ConfigureAwait(false)).Verdict;

    /// <summary>The same, with why it ended and what its grade was.</summary>
    internal async Task<(Verdict Verdict, string Stop, double? Reward)> RunWholeAsync(
        EpisodePlan episode, CancellationToken cancellationToken)
    {
        (string? task, string agent) = episode switch
        {
            EpisodePlan.OfTask of => (of.Task.Name, of.Model.Name),
            _ => ((string?)null, "command"),
        };
        Subject subject = new(stage.Folder.Id, Episode: episode.Id);
        Post(subject, new Fact.EpisodeStarted(task, agent, stage.Policies.Hash));
        (string stop, double? reward) = episode switch
        {
            EpisodePlan.OfTask of => await new TaskEpisode(stage, plan, supply, of).RunAsync(cancellationToken)
                .ConfigureAwait(false),
            EpisodePlan.OfCommand of => await new CommandEpisode(stage, plan, supply, observer, of)
                .RunAsync(cancellationToken).ConfigureAwait(false),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        Post(subject, new Fact.EpisodeEnded(stop, reward));
        Verdict verdict = await JudgeAsync(episode.Id, stage.Policies.Hash).ConfigureAwait(false);
        Post(subject, new Fact.VerdictGiven(verdict));
        // A verdict that somebody was told survives us.
        await stage.StoreAsync(StoreMax).ConfigureAwait(false);
        observer.EpisodeEnded(episode.Id, verdict, reward);
        return (verdict, stop, reward);
    }

    /// <summary>Final only when every source vouches for all that came before the episode's end.</summary>
    private async Task<Verdict> JudgeAsync(EpisodeId episode, string policyHash)
    {
        stage.Vigil.Look();
        bool drained = await stage.TryDrainAsync().ConfigureAwait(false);
        using CancellationTokenSource deadline = new(FlushMax, stage.Time);
        try
        {
            await stage.Recorder.FlushAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever broke: what cannot be stored makes the verdict unknown, and takes no other episode with it.
            drained = false;
        }

        lock (stage.Judge)
        {
            return stage.Judge.Judge(episode, stage.Coverage(), drained, policyHash);
        }
    }

    private void Post(Subject subject, Fact fact) =>
        stage.Sink.TryPost(SourceNames.Agent, new Observation(MonotonicClock.NowNs, subject, fact));
}
