namespace Aurelian.Events;

public abstract partial record Fact
{
    /// <summary>
    /// What a flow did since it was last measured: every 10 s of a flow that carries payload, and at its end. Said by
    /// the proxy live and by the readers of captures.
    /// </summary>
    public sealed record FlowMeasured(
        FlowId Flow, Endpoint Source, Endpoint Destination, Transport Transport, string? Name, string? Protocol,
        double Seconds, MessageShape Out, MessageShape Back, Initiative Initiative = default) : Fact;

    /// <summary>
    /// A packet that asks whether a port or host is there: an unanswered or refused SYN, FIN, NULL, XMAS.
    /// </summary>
    /// <param name="Flags">TCP flags as letters, for example <c>FPU</c>; empty for a NULL scan.</param>
    /// <param name="Answered">A service answered (SYN and ACK).</param>
    public sealed record ProbeSeen(
        Endpoint Source, Endpoint Destination, Transport Transport, string Flags, bool Answered) : Fact;

    /// <param name="Bytes">The message's payload, without headers.</param>
    /// <param name="Echoed">The reply carries what its request carried, as an honest host's does.</param>
    public sealed record IcmpSeen(Endpoint Source, Endpoint Destination, int Type, int Bytes, bool? Echoed) : Fact;
}

/// <summary>The messages of one direction: a message is one segment or record with payload.</summary>
/// <param name="GapMax">Longest silence before a message, in seconds.</param>
public readonly record struct MessageShape(
    long Messages, long Bytes, int BytesMax, double GapMean, double GapDeviation, double GapMax);

/// <summary>Who breaks a silence of a second or more, and who takes it up.</summary>
/// <param name="Out">Silences that the client broke.</param>
/// <param name="Back">Silences that the server broke.</param>
/// <param name="BackAnswered">Of the latter, those that the client answered within a second with more than a word
/// of flow control.</param>
public readonly record struct Initiative(int Out, int Back, int BackAnswered);
