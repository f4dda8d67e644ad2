using Aurelian.Events;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// What a detection rule says of a command's text alone: it stands beside the statistic, never in it.
/// </summary>
public sealed record CommandEvidence(
    string Rule, Category Category, Severity Severity, string Explanation, string? Technique);
