using Aurelian.Agents;
using Aurelian.Episodes;
using Aurelian.Events;

namespace Aurelian.Training.Rollouts;

/// <summary>Real watched sandboxes, one session of them.</summary>
internal sealed class LiveEpisodes(WatchedSession session) : IEpisodeSource
{
    private readonly string _run = Path.GetFileName(session.Folder);

    public async Task<EpisodeOutcome> RunAsync(
        TaskPlan task, IPolicyModel policy, int turnsMax, CancellationToken cancellationToken)
    {
        EpisodeResult result = await session.RunAsync(task, policy, turnsMax, cancellationToken).ConfigureAwait(false);
        return new EpisodeOutcome
        {
            Episode = $"{_run}/{result.Id}",
            StopReason = result.StopReason,
            Tests = result.Reward,
            Credits = result.Credits,
            Verdict = result.Verdict.State,
            Final = result.Verdict.Final,
            Findings = [.. result.Verdict.Findings],
            Calls = result.Counts.Calls,
            CpuSeconds = result.Counts.CpuSeconds,
            Denied = result.Counts.Denied,
        };
    }

    public async Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
        string episode, CancellationToken cancellationToken)
    {
        if (!episode.StartsWith(_run + "/", StringComparison.Ordinal))
        {
            return null;
        }

        Verdict verdict = await session.JudgeAgainAsync(new EpisodeId(episode[(_run.Length + 1)..]))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return (verdict.State, verdict.Final);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
