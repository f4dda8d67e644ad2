using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Explaining;

/// <summary>A tool call that alerts are attributed to.</summary>
public sealed record Suspect
{
    /// <summary>Index into the case's calls.</summary>
    public required int Index { get; init; }

    public required CaseCall Call { get; init; }

    /// <summary>Expected number of alerts that it caused, repeats counted once.</summary>
    public required double Alerts { get; init; }

    /// <summary>Probability that it caused at least one.</summary>
    public required double Any { get; init; }

    /// <summary>Alerts that are joined to it by a flow record.</summary>
    public required int Exact { get; init; }

    /// <summary>What the detection rules say of its command, gravest first.</summary>
    public required IReadOnlyList<CommandEvidence> Evidence { get; init; }

    /// <summary>Where its command and its alerts name the same address or port, as sentences.</summary>
    public IReadOnlyList<string> Agreements { get; init; } = [];

    /// <summary>What its sandbox used while it ran; empty without samples.</summary>
    public IReadOnlyList<CallLoad> Loads { get; init; } = [];
}

/// <summary>An episode with what its calls are attributed.</summary>
public sealed record SuspectEpisode
{
    public required string Episode { get; init; }

    public required string? Task { get; init; }

    public required double Alerts { get; init; }

    /// <summary>Probability that it caused at least one alert.</summary>
    public required double Any { get; init; }

    public required int Exact { get; init; }
}
