namespace Aurelian.Investigation.Cases;

/// <summary>One file that was read, and how much of it is usable.</summary>
public sealed record CaseSource
{
    public required string File { get; init; }

    public required string Kind { get; init; }

    public int Records { get; init; }

    public int Usable { get; init; }

    public int Duplicates { get; init; }

    /// <summary>At most 1000 entries, in order of lines.</summary>
    public IReadOnlyList<SkippedLine> Skipped { get; init; } = [];

    /// <summary>How many were skipped in all.</summary>
    public int SkippedTotal { get; init; }

    /// <summary>What a person should know of it besides, as sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A line that could not be used: its number from 1, and why.</summary>
public sealed record SkippedLine(int Line, string Reason);
