using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Training.Jobs;
using Aurelian.Training.Learning;
using Aurelian.Training.Monitoring;

namespace Aurelian.Training.Rollouts;

/// <summary>One episode that a step asks for.</summary>
/// <param name="Group">Index of its task in the step.</param>
/// <param name="Attempt">Above 0 for one that is rolled out in another's place.</param>
/// <param name="Prefix">An expert's commands to begin with.</param>
internal sealed record EpisodeRequest(
    int Step, TaskPlan Task, int Group, int Sample, int Attempt = 0, IReadOnlyList<string>? Prefix = null);

/// <summary>Where a trainer's trajectories come from: watched sandboxes, or a file of recorded ones.</summary>
internal interface IRollouts
{
    Task<IReadOnlyList<Trajectory>> RollAsync(
        IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken);

    /// <summary>An episode's verdict by all that is known now; null where nobody can say more.</summary>
    Task<(VerdictState State, bool Final)?> JudgeAgainAsync(string episode, CancellationToken cancellationToken);

    /// <summary>Puts an alarm where the episodes are told: on their run's timeline, where they have one.</summary>
    void ReportDrift(int step, DriftAlarm alarm)
    {
    }
}

/// <summary>The model plays in sandboxes, every episode with a generator of its own.</summary>
internal sealed class PlayedRollouts(TrainingJob job, ChatFrame frame, ISampler sampler, IEpisodeSource episodes)
    : IRollouts
{
    private readonly AlgorithmSettings _settings = job.Algorithm;

    public async Task<IReadOnlyList<Trajectory>> RollAsync(
        IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken)
    {
        TokenPolicy[] policies = [.. requests.Select(Policy)];
        await Task.WhenAll(policies.Zip(requests).Select(pair =>
            pair.First.PrepareAsync(pair.Second.Task.Instruction, cancellationToken))).ConfigureAwait(false);
        return await Task.WhenAll(policies.Zip(requests).Select(pair =>
            PlayAsync(pair.First, pair.Second, cancellationToken))).ConfigureAwait(false);
    }

    public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
        string episode, CancellationToken cancellationToken) => episodes.JudgeAgainAsync(episode, cancellationToken);

    public void ReportDrift(int step, DriftAlarm alarm) => episodes.ReportDrift(step, alarm);

    private TokenPolicy Policy(EpisodeRequest request) => new(
        frame, sampler,
        Seeds.For(job.Seed, "rollout", request.Step, request.Group, request.Sample, request.Attempt),
        _settings.TokensPerTurn, _settings.ContextTokens, request.Prefix);

    private async Task<Trajectory> PlayAsync(
        TokenPolicy policy, EpisodeRequest request, CancellationToken cancellationToken)
    {
        EpisodeOutcome outcome = await episodes
            .RunAsync(request.Task, policy, _settings.Turns, cancellationToken).ConfigureAwait(false);
        return policy.ToTrajectory(outcome, request.Task.Name, request.Step, request.Group);
    }
}

/// <summary>Trajectories that an earlier run recorded, step by step, whatever the model would do now.</summary>
internal sealed class RecordedRollouts(IEnumerable<Trajectory> recorded) : IRollouts
{
    private readonly ILookup<(int Step, int Group), Trajectory> _recorded =
        recorded.ToLookup(each => (each.Step, each.Group));

    public Task<IReadOnlyList<Trajectory>> RollAsync(
        IReadOnlyList<EpisodeRequest> requests, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Trajectory>>([.. requests
            .Select(request => _recorded[(request.Step, request.Group)]
                // Odd attempts stand in for others: what was recorded besides. A rollback's are the same again.
                .Skip(request.Sample + (request.Attempt % 2 * requests.Count)).FirstOrDefault())
            .OfType<Trajectory>()]);

    public Task<(VerdictState State, bool Final)?> JudgeAgainAsync(
        string episode, CancellationToken cancellationToken) => Task.FromResult<(VerdictState, bool)?>(null);
}
