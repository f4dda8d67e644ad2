using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// One record of a firewall's log, as far as an investigation asks: when, what it was called, which flow.
/// </summary>
/// <param name="Line">The physical line it begins on, from 1.</param>
/// <param name="Ns">Its stamp, nanoseconds since 1970.</param>
/// <param name="IsAlert">The firewall itself calls it an alert; else it is a flow that it passed or refused.</param>
/// <param name="Type">What the firewall calls it; of a flow its action and port.</param>
public sealed record AlertRecord(
    long Line, long Ns, bool IsAlert, string Type, Endpoint? Source, Endpoint? Destination, Transport? Transport)
{
    /// <summary>When the connection was over, nanoseconds since 1970; null if unknown.</summary>
    public long? EndNs { get; init; }

    /// <summary>The name asked for, where the firewall saw one.</summary>
    public string? Name { get; init; }
}
