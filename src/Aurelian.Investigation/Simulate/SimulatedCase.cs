using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Simulate;

/// <summary>A made case with its truth.</summary>
public sealed record SimulatedCase
{
    public required SimulationSetting Setting { get; init; }

    public required int Seed { get; init; }

    /// <summary>As a reader would hand it over.</summary>
    public required InvestigationCase Case { get; init; }

    public required SimulatedTruth Truth { get; init; }
}

/// <summary>What really happened.</summary>
public sealed record SimulatedTruth
{
    public required double OffsetSeconds { get; init; }

    public required double DriftPpm { get; init; }

    public required double ReferenceTime { get; init; }

    public required double LagMedianSeconds { get; init; }

    /// <summary>Of a culprit's process while it lives, beyond the alert at its start.</summary>
    public double AlertsPerSecond { get; init; }

    public required IReadOnlyList<SimulatedCulprit> Culprits { get; init; }

    /// <summary>One for every alert of the case.</summary>
    public required IReadOnlyList<SimulatedCause> Alerts { get; init; }

    /// <summary>Firewall time minus trace time at a trace time, seconds.</summary>
    public double OffsetAt(double time) => OffsetSeconds + (DriftPpm * 1e-6 * (time - ReferenceTime));
}

/// <summary>A task that misbehaves.</summary>
public sealed record SimulatedCulprit
{
    public required string Task { get; init; }

    /// <summary>Indexes of its culprit calls.</summary>
    public required IReadOnlyList<int> Calls { get; init; }

    /// <summary>Index of its flavour of misbehaviour.</summary>
    public required int Flavour { get; init; }
}

/// <summary>What caused one alert: a call's process, or (call is null) the background.</summary>
public sealed record SimulatedCause
{
    public int? Call { get; init; }

    /// <summary>Before the stamp was rounded, on the traces' clock.</summary>
    public required double TrueTime { get; init; }

    /// <summary>The conntrack log has its flow.</summary>
    public bool Exact { get; init; }

    public bool InSpan { get; init; }

    /// <summary>Culprit processes alive at that moment.</summary>
    public int Alive { get; init; }
}
