using System.Collections.Immutable;

namespace Aurelian.Events;

/// <summary>A rule completed by events. Detection has no side effect: what follows is the response's.</summary>
public sealed record Finding
{
    public const int ExplanationMax = 512;

    /// <summary>The rule's name, for example <c>mining-stratum</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The rule's version, raised when its meaning changes.</summary>
    public required int RuleVersion { get; init; }

    public required Category Category { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>How sure the rule is, 0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>The process that connected, wrote or asked, with the call it was born in.</summary>
    public required Subject Subject { get; init; }

    public FlowId? Flow { get; init; }

    /// <summary>Sequence numbers of the events that completed the rule, oldest first.</summary>
    public required ImmutableArray<long> Evidence { get; init; }

    /// <summary>A sentence for a person; cut where it names what is longer than anybody reads.</summary>
    public required string Explanation
    {
        get;
        init => field = value.Length > ExplanationMax ? $"{value.AsSpan(0, ExplanationMax - 1)}…" : value;
    }

    /// <summary>ATT&amp;CK technique, for example <c>T1496</c>.</summary>
    public string? Technique { get; init; }

    /// <summary>Stamp of the event that completed the rule: <c>containedAfterMs</c> counts from here.</summary>
    public required long CompletedAtNs { get; init; }
}
