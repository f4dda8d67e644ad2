namespace Aurelian.Detection;

/// <remarks>The shape is that of 3,626 real mining conversations (FACTS §3).</remarks>
internal sealed record MiningShapeOptions
{
    /// <summary>Payload messages a minute, of both sides.</summary>
    internal double MessagesPerMinuteMin { get; init; } = 1;

    internal double MessagesPerMinuteMax { get; init; } = 60;

    internal double BytesMeanMax { get; init; } = 1500;

    /// <summary>A share or a job with TLS's own bytes around it. Keep-alives carry less.</summary>
    internal double BytesMeanMin { get; init; } = 60;

    internal TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Long enough that pages, logins and uploads are over; short enough to be told within 300 s.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Half a core: the machine may have others to serve.</summary>
    internal double CoresMin { get; init; } = 0.5;

    /// <summary>Bytes that a call puts out for each core-second: below it gives nothing for its burn.</summary>
    internal double OutputMax { get; init; } = 4;
}
