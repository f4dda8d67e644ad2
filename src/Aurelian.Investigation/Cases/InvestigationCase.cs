namespace Aurelian.Investigation.Cases;

/// <summary>All that was read, ready to be analysed.</summary>
public sealed record InvestigationCase
{
    /// <summary>In the order they were given.</summary>
    public IReadOnlyList<CaseSource> Sources { get; init; } = [];

    /// <summary>An input was damaged, so the answer rests on a part of it.</summary>
    public bool Partial { get; init; }

    /// <summary>In file order, duplicates too.</summary>
    public required IReadOnlyList<CaseAlert> Alerts { get; init; }

    public required IReadOnlyList<CaseCall> Calls { get; init; }

    public IReadOnlyList<CaseFlow> Flows { get; init; } = [];

    public IReadOnlyList<CaseSample> Samples { get; init; } = [];

    /// <summary>A stamp s of an alert stands for [s, s + grain).</summary>
    public double GrainSeconds { get; init; } = 1;

    /// <summary>How far the firewall's stamps are off by a mistaken time zone, a multiple of 900: firewall time =
    /// trace time + this + what is left to estimate.</summary>
    public double ZoneShiftSeconds { get; init; }
}
