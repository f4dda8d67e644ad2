namespace Aurelian.Investigation;

/// <summary>How a case is analysed. The defaults are those that docs/INVESTIGATE.md was measured with.</summary>
public sealed record InvestigationOptions
{
    /// <summary>Of every random step.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The offset is searched within ± this, a zone shift taken off, seconds.</summary>
    public double OffsetRangeSeconds { get; init; } = 900;

    /// <summary>Rounds that say what chance alone finds.</summary>
    public int NullRounds { get; init; } = 99;
}
