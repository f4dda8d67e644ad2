using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>What the detectors made of one labelled file.</summary>
public sealed record FileOutcome
{
    public required LabelledFile File { get; init; }

    /// <summary>The earliest finding of a category that meets the label, of severity medium or more.</summary>
    public ReplayFinding? Met { get; init; }

    /// <summary>Findings of severity high or more that no label asked for; of an honest file every such one.</summary>
    public required IReadOnlyList<ReplayFinding> FalseAlarms { get; init; }

    /// <summary>Findings of severity medium in an honest file: noted, and no alarm.</summary>
    public required int Suspicions { get; init; }

    /// <summary>From the first packet of the finding's flow, or of the file, to the event that completed the
    /// rule.</summary>
    public TimeSpan? TimeToDetect { get; init; }

    /// <summary>
    /// Payload bytes that the client had sent in the finding's flow when it was next measured: at most as much had
    /// passed by then. Of a finding without a flow, what all flows had sent.
    /// </summary>
    public long? BytesLetThrough { get; init; }

    /// <summary>The highest confidence of a finding of each category, for the curves.</summary>
    public required IReadOnlyDictionary<Category, double> Scores { get; init; }

    public required bool Partial { get; init; }

    /// <summary>Of a live episode: whether the finding names the call that did it.</summary>
    public bool? Attributed { get; init; }

    /// <summary>Of a live scenario: in what it fell short of what it asks for; null when in nothing.</summary>
    public string? Shortfall { get; init; }

    public bool Missed => !File.IsHonest && Met is null;
}
