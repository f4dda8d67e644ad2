using Aurelian.Agents;
using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>A validated run: nothing of it can be wrong any more, only the machine can fail.</summary>
public sealed record RunPlan
{
    public required RunConfig Config { get; init; }

    public required PolicyPlan Policy { get; init; }

    /// <summary>Which text of the policy file it is.</summary>
    public string PolicyPrint { get; init; } = "";

    /// <summary>Null: the list that comes with us.</summary>
    public PoolList? Pools { get; init; }

    /// <summary>Our own Sigma rules and the user's; null: our own.</summary>
    public SigmaRules? Rules { get; init; }

    public required IReadOnlyList<EpisodePlan> Episodes { get; init; }

    public bool IsCommand => Episodes is [EpisodePlan.OfCommand, ..];

    /// <summary>
    /// The rehearsal's, an agent's for each episode, and a grader's for each task; a session's episodes are not known
    /// beforehand.
    /// </summary>
    internal int Sandboxes => Episodes.Count == 0 ? int.MaxValue
        : 1 + Episodes.Sum(episode => episode is EpisodePlan.OfTask ? 2 : 1);

    /// <summary>Of each sandbox: the policy's, and the standard ones where it is silent.</summary>
    internal ResourceLimits Limits()
    {
        ResourceLimits standard = new();
        SandboxSettings set = Policy.Sandbox;
        return standard with
        {
            Cpus = set.Cpus ?? standard.Cpus,
            MemoryBytes = set.MemoryBytes ?? standard.MemoryBytes,
            Processes = set.Processes ?? standard.Processes,
            DiskBytes = set.DiskBytes ?? standard.DiskBytes,
            // Life begins before the episode's own clock does.
            WallTime = Config.Timeout + Config.Linger + TimeSpan.FromMinutes(5),
        };
    }
}

/// <summary>One episode: a task with an agent, or a command.</summary>
public abstract record EpisodePlan(EpisodeId Id)
{
    public sealed record OfTask(EpisodeId Id, TaskPlan Task, IPolicyModel Model) : EpisodePlan(Id)
    {
        public int TurnsMax { get; init; } = 100;
    }

    public sealed record OfCommand(
        EpisodeId Id, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment) : EpisodePlan(
            Id);
}
