namespace Aurelian.Detection;

/// <remarks>The measures are RITA's; its window is a day, ours what an episode has.</remarks>
internal sealed record BeaconOptions
{
    /// <summary>Gaps between connections. With fewer, quartiles say little.</summary>
    internal int GapsMin { get; init; } = 16;

    /// <summary>Shorter gaps are a program that works, not one that waits.</summary>
    internal TimeSpan GapMin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Of the mean of both measures, 1 being a clock.</summary>
    internal double ScoreMin { get; init; } = 0.8;
}
