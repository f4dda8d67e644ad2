namespace Aurelian.Detection;

/// <remarks>Our own judgement; the baseline is what the same episode sends elsewhere.</remarks>
internal sealed record BulkOptions
{
    /// <summary>To one destination: a source tree packed up, and more than logins, queries and forms come to.</summary>
    internal long BytesMin { get; init; } = 1 << 20;

    /// <summary>Against the median of what the episode sent to its other destinations.</summary>
    internal double BaselineTimes { get; init; } = 20;

    /// <summary>The baseline is no less than this: an episode that sent nothing yet has none.</summary>
    internal long BaselineMin { get; init; } = 16 * 1024;

    /// <summary>
    /// To an address that no name was issued for and no rule of the policy names, from which on it is certain.
    /// </summary>
    internal long NamelessMin { get; init; } = 8 << 20;

    /// <summary>Of these against the baseline: honest ones by address are small.</summary>
    internal double NamelessTimes { get; init; } = 100;

    /// <summary>
    /// A rule of the policy for a network no wider than this means its addresses; a wider one means the internet.
    /// </summary>
    internal (int V4, int V6) AllowedPrefixMin { get; init; } = (24, 64);

    /// <summary>Sent against received: a download acknowledges, an upload fills.</summary>
    internal double OutToBackMin { get; init; } = 5;
}
