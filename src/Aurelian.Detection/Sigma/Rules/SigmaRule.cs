using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>A text of rules, with where it came from.</summary>
public sealed record SigmaFile(string Name, string Text, SigmaTrust Trust);

/// <summary>One rule that is honoured in full: every part of it has its meaning here.</summary>
public sealed record SigmaRule
{
    /// <summary>Its <c>name</c>, else its file's: what findings carry.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string File { get; init; }

    public required int Line { get; init; }

    public required SigmaTrust Trust { get; init; }

    public string? Id { get; init; }

    /// <summary>The name that correlation rules may call it by.</summary>
    public string? Alias { get; init; }

    public SigmaStatus Status { get; init; } = SigmaStatus.Experimental;

    public SigmaLevel Level { get; init; } = SigmaLevel.Low;

    public string? Description { get; init; }

    public string? Author { get; init; }

    public IReadOnlyList<string> References { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>What to do when it fires: a field of our own.</summary>
    public string? Runbook { get; init; }

    /// <summary>Null: a correlation, which has its events from other rules.</summary>
    public SigmaSource? Source { get; init; }

    /// <summary>As written.</summary>
    public required string Condition { get; init; }

    /// <summary>Selections as written, for people.</summary>
    public IReadOnlyList<(string Name, string Text)> Selections { get; init; } = [];

    /// <summary>Only correlations use it; it makes no finding of its own.</summary>
    public bool Silent { get; init; }

    public Severity Severity => (Severity)Math.Min((int)Level, (int)SeverityMax);

    public Category Category => SigmaTags.CategoryOf(Tags);

    /// <summary>ATT&amp;CK's first technique among its tags.</summary>
    public string? Technique => SigmaTags.TechniqueOf(Tags);

    internal Expression? Detection { get; init; }

    internal CorrelationPlan? Correlation { get; init; }

    /// <summary>Levels and severities have the same five steps.</summary>
    private Severity SeverityMax => Trust == SigmaTrust.Contains || (Trust == SigmaTrust.Ours
        && Status == SigmaStatus.Stable) ? Severity.Critical : Severity.Medium;
}

/// <summary>A rule that is not honoured, and why.</summary>
/// <param name="Rule">Its title or name; the file's where it has none.</param>
public sealed record SigmaRefusal(string File, int Line, string Rule, string Reason);
