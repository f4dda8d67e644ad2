using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Joins;

/// <summary>Alerts that a flow record names the sandbox of.</summary>
internal sealed record JoinedFlows
{
    public static readonly JoinedFlows None = new();

    /// <summary>By index into the case's alerts.</summary>
    public IReadOnlyDictionary<int, JoinedAlert> Alerts { get; init; } = new Dictionary<int, JoinedAlert>();

    /// <summary>What the joined pairs of stamps say; null without any.</summary>
    public JoinedClock? Clock { get; init; }
}

/// <summary>
/// One joined alert: when its flow began (seconds after the frame's origin), its episode, and the calls of that
/// episode (indexes into the frame) that may have opened it.
/// </summary>
internal sealed record JoinedAlert(double Time, string Episode, IReadOnlyList<int> Calls);

/// <summary>The firewall's clock by joined flows, about a reference in seconds after the frame's origin.</summary>
internal sealed record JoinedClock(
    double Reference, double Offset, Interval OffsetInterval, double DriftPpm, Interval DriftInterval);
