namespace Aurelian.Investigation.Answer;

/// <summary>What a cause is a value of, in the order of the answer.</summary>
public enum CauseKind
{
    Task,
    Episode,
    Tool,
    Command,
    Checkpoint,
    Step,
}

/// <summary>How far one cause coincides with alerts.</summary>
public sealed record Association
{
    public required CauseKind Kind { get; init; }

    public required string Value { get; init; }

    /// <summary>Includes the search for the offset.</summary>
    public required double? PValue { get; init; }

    /// <summary>Over all kinds together (Benjamini–Hochberg).</summary>
    public required double? QValue { get; init; }

    /// <summary>Alert rate while active over the rate while not.</summary>
    public required double? RateRatio { get; init; }

    /// <summary>95 % interval of the rate ratio.</summary>
    public Interval? Interval { get; init; }

    /// <summary>The expected number of alerts that it explains.</summary>
    public required double? Alerts { get; init; }
}
