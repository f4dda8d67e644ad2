namespace Aurelian.Investigation;

/// <summary>How far an analysis has come: a stage in words, and the share of it that is done (0 to 1).</summary>
public readonly record struct InvestigationProgress(string Stage, double Done);
