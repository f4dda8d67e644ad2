using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>A finding with what a person needs to look it up in the file it came from.</summary>
public sealed record ReplayFinding
{
    /// <summary>The file of the event that completed the rule.</summary>
    public required string File { get; init; }

    public required Finding Finding { get; init; }

    /// <summary>Of the first and the last event of the evidence.</summary>
    public required DateTimeOffset Time { get; init; }

    public required DateTimeOffset LastTime { get; init; }

    public ReplayFlow? Flow { get; init; }

    /// <summary>Record numbers in the file, from 1; null where the evidence lies in other files alone.</summary>
    public (long First, long Last)? Records { get; init; }

    public required IReadOnlyList<ReplayEvidence> Evidence { get; init; }
}

/// <summary>The connection that a finding is about.</summary>
public sealed record ReplayFlow(
    Endpoint Source, Endpoint Destination, Transport Transport, string? Protocol, string? Name, long FirstRecord);

/// <param name="File">Null when the event was too long ago to be remembered.</param>
public sealed record ReplayEvidence(long Seq, string? File, long? Record, DateTimeOffset? Time, string? Kind);

/// <summary>What became of one input.</summary>
public sealed record ReplayFile(
    string File, string Kind, long Records, long Unreadable, long Findings, long Late, long Evicted, bool NaiveTimes,
    bool Partial, IReadOnlyList<string> Notes);
