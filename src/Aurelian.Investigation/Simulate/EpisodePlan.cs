namespace Aurelian.Investigation.Simulate;

/// <summary>One rollout of a made case and its calls, in trace seconds.</summary>
internal sealed class EpisodePlan
{
    public required int Index { get; init; }

    public required string Task { get; init; }

    public required int Step { get; init; }

    public required int Slot { get; init; }

    public required double Start { get; init; }

    public double End { get; set; }

    public List<CallPlan> Calls { get; } = [];
}

/// <summary>One tool call of a made case; a culprit's process may outlive it.</summary>
internal sealed class CallPlan
{
    public required string Command { get; init; }

    public required double Start { get; init; }

    public required double End { get; init; }

    public int? Flavour { get; init; }

    public bool Detached { get; init; }

    /// <summary>Until when its process lives, the sandbox's end at the latest.</summary>
    public double ProcessEnd { get; set; }

    /// <summary>Index into the case's calls.</summary>
    public int Index { get; set; }
}
