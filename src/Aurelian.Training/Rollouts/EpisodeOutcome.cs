using Aurelian.Agents;
using Aurelian.Events;
using Aurelian.Training.Monitoring;

namespace Aurelian.Training.Rollouts;

/// <summary>What came of an episode, whoever ran it: a watched sandbox, or the record of one.</summary>
public sealed record EpisodeOutcome
{
    public required string Episode { get; init; }

    public required string StopReason { get; init; }

    public required double? Tests { get; init; }

    public required long Credits { get; init; }

    public required VerdictState Verdict { get; init; }

    public required bool Final { get; init; }

    public required string[] Findings { get; init; }

    public required int Calls { get; init; }

    public required double CpuSeconds { get; init; }

    public required int Denied { get; init; }

    public bool Memoised { get; init; }
}

/// <summary>Where episodes are run.</summary>
public interface IEpisodeSource : IAsyncDisposable
{
    /// <exception cref="Aurelian.Sandbox.SandboxException">The machinery broke: not a reward of 0.</exception>
    Task<EpisodeOutcome> RunAsync(
        TaskPlan task, IPolicyModel policy, int turnsMax, CancellationToken cancellationToken);

    /// <summary>The episode's verdict by all that is known now; null where nobody can say more.</summary>
    Task<(VerdictState State, bool Final)?> JudgeAgainAsync(string episode, CancellationToken cancellationToken);

    /// <summary>Puts an alarm on the run's timeline, where there is one.</summary>
    void ReportDrift(int step, DriftAlarm alarm)
    {
    }
}
