namespace Aurelian.Detection;

/// <remarks>Our own judgement: cores × seconds, against what came out of them.</remarks>
internal sealed record BurnOptions
{
    /// <summary>Core-seconds after the call's end. A server that starts up takes less.</summary>
    internal double OutlivedMin { get; init; } = 10;

    /// <summary>Core-seconds of a call that did what no work needs.</summary>
    internal double MarkedMin { get; init; } = 20;

    /// <summary>Core-seconds within the call worth a line of evidence.</summary>
    internal double SilentMin { get; init; } = 60;

    /// <summary>Core-seconds within the call without so much as a line a quarter of an hour.</summary>
    internal double SilentLong { get; init; } = 900;

    /// <summary>Of a core on average: less is a service that answers now and then.</summary>
    internal double CoresMin { get; init; } = 0.4;

    /// <summary>Bytes put out per core-second: one line of a log every ten seconds of a core is more.</summary>
    internal double OutputMax { get; init; } = 4;
}
