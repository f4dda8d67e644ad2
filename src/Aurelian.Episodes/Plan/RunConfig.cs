using Aurelian.Simulation;

namespace Aurelian.Episodes;

/// <summary>What the user wrote, not yet looked at.</summary>
public sealed record RunConfig
{
    public required string RunsFolder { get; init; }

    /// <summary>Null: an empty policy, which allows nothing.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>Names and addresses of mining pools; null: the list that comes with us.</summary>
    public string? PoolsFile { get; init; }

    /// <summary>Folders of Sigma rules, beside our own and those that the policy names.</summary>
    public IReadOnlyList<string> RuleFolders { get; init; } = [];

    /// <summary>The rules of these folders may contain (docs/decisions/0018).</summary>
    public bool RulesContain { get; init; }

    /// <summary><c>none</c>, <c>simulated</c> or <c>host</c>.</summary>
    public string Upstream { get; init; } = "none";

    /// <summary>Null: the simulated internet as the quick start has it.</summary>
    public SimulationConfig? Simulation { get; init; }

    /// <summary>
    /// False: findings are told and judged, and nothing is cut or frozen. For experiments that ask what a verdict does
    /// by itself.
    /// </summary>
    public bool Contains { get; init; } = true;

    /// <summary>How long one episode (or the command) may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>In command mode, how long what the command left running is watched after it ended.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A host folder copied into the sandbox's working directory; never written to.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Where the changes to <see cref="WorkingFolder"/> are written as a patch.</summary>
    public string? DiffFile { get; init; }

    /// <summary>In command mode, what the command reads from its standard input; null: nothing.</summary>
    public Stream? Input { get; init; }

    /// <summary>Names of our own environment variables that the command gets.</summary>
    public IReadOnlyList<string> PassedEnvironment { get; init; } = [];

    /// <summary>One for each episode of the run, in order.</summary>
    public required IReadOnlyList<EpisodeConfig> Episodes { get; init; }
}

/// <summary>Either a task with an agent, or a command.</summary>
public sealed record EpisodeConfig
{
    public string? TaskFolder { get; init; }

    /// <summary><c>scripted:FILE</c>; further kinds come with the model policies.</summary>
    public string? Agent { get; init; }

    public IReadOnlyList<string>? Command { get; init; }
}
