namespace Aurelian.Investigation.Answer;

public enum ClockStatus
{
    Exact,
    Estimated,
    Unknown,
}

/// <summary>
/// Firewall time = trace time + offset(t), offset(t) = offset + drift·1e-6·(t − reference time), t on the traces'
/// clock. Intervals are 95 %. Unknown figures are null.
/// </summary>
public sealed record ClockEstimate
{
    public required ClockStatus Status { get; init; }

    public double? ReferenceTime { get; init; }

    public double? OffsetSeconds { get; init; }

    public Interval? OffsetInterval { get; init; }

    public double? DriftPpm { get; init; }

    public Interval? DriftInterval { get; init; }

    public double ZoneShiftSeconds { get; init; }

    public required double GrainSeconds { get; init; }

    /// <summary>From a call's start to its first alert.</summary>
    public double? OnsetLagSeconds { get; init; }

    public Interval? OnsetLagInterval { get; init; }
}

public readonly record struct Interval(double Low, double High);
