namespace Aurelian.Investigation.Answer;

/// <summary>The likely causes of one alert: background + rest + Σ probability = 1.</summary>
public sealed record AlertAnswer
{
    /// <summary>Index into the case's sources.</summary>
    public int Source { get; init; }

    public required int Line { get; init; }

    /// <summary>As stamped, Unix seconds.</summary>
    public required double Time { get; init; }

    /// <summary>Joined by a flow record.</summary>
    public bool Exact { get; init; }

    /// <summary>Caused by no recorded call; null if nothing can be said.</summary>
    public double? Background { get; init; }

    /// <summary>The mass of calls beyond the candidates; null if nothing can be said.</summary>
    public double? Rest { get; init; }

    /// <summary>At most ten, falling probability, ties by call id.</summary>
    public IReadOnlyList<Candidate> Candidates { get; init; } = [];
}

/// <summary>A tool call that may have caused an alert.</summary>
public sealed record Candidate
{
    /// <summary>Index into the case's calls.</summary>
    public required int Call { get; init; }

    public required string ToolCall { get; init; }

    public required string Episode { get; init; }

    public required string? Task { get; init; }

    public required double Probability { get; init; }
}
