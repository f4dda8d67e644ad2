namespace Aurelian.Investigation.Cases;

/// <summary>One usable line of a firewall log.</summary>
public sealed record CaseAlert
{
    /// <summary>Index into <see cref="InvestigationCase.Sources"/>.</summary>
    public int Source { get; init; }

    /// <summary>The physical line in that file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The stamp on the firewall's clock, Unix seconds, rounded down to the case's grain; as written,
    /// a zone shift not yet taken off.</summary>
    public required double Time { get; init; }

    /// <summary>What the firewall calls it, for example "Mining Behavior"; empty if it says nothing.</summary>
    public string Type { get; init; } = "";

    public string? SourceAddress { get; init; }

    public int? SourcePort { get; init; }

    public string? DestinationAddress { get; init; }

    public int? DestinationPort { get; init; }

    /// <summary>Index into <see cref="InvestigationCase.Alerts"/> of the alert that this line repeats; null if it is
    /// the first of its kind.</summary>
    public int? DuplicateOf { get; init; }
}
