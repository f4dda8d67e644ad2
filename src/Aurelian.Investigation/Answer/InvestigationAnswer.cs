namespace Aurelian.Investigation.Answer;

/// <summary>What the data say about which tool calls set off the firewall.</summary>
public sealed record InvestigationAnswer
{
    public required ClockEstimate Clock { get; init; }

    /// <summary>Sorted by kind, then q, then p, then falling rate ratio.</summary>
    public required IReadOnlyList<Association> Associations { get; init; }

    /// <summary>One for every alert of the case, in its order.</summary>
    public required IReadOnlyList<AlertAnswer> Alerts { get; init; }

    public required Conclusion Conclusion { get; init; }

    public required string Summary { get; init; }

    /// <summary>The logs that are missing, most useful first.</summary>
    public required IReadOnlyList<string> WouldSettle { get; init; }
}

public enum Conclusion
{
    Found,
    CannotTell,
    NothingToExplain,
}
