using Aurelian.Agents;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Training.Monitoring;

namespace Aurelian.Training.Rollouts;

/// <summary>Real watched sandboxes, one session of them.</summary>
/// <param name="parallel">Episodes at once; the others wait before they take a sandbox.</param>
internal sealed class LiveEpisodes(WatchedSession session, int parallel) : IEpisodeSource
{
    private readonly SemaphoreSlim _places = new(parallel);

    private readonly string _run = Path.GetFileName(session.Folder);

    public async Task<EpisodeOutcome> RunAsync(
        TaskPlan task, IPolicyModel policy, int turnsMax, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        EpisodeResult result;
        try
        {
            result = await session.RunAsync(task, policy, turnsMax, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }

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

    public void ReportDrift(int step, DriftAlarm alarm) => session.Report(
        new Fact.BehaviourDrifted(step, alarm.Name, alarm.Value, alarm.Mean, alarm.Deviations));

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync().ConfigureAwait(false);
        _places.Dispose();
    }
}
