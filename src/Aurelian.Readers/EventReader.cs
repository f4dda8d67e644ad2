using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Reads one file of another tool as observations, streaming, in the file's own order. What cannot be read is counted
/// and located in the report; no input makes it throw, hang or grow. What the stream itself throws passes.
/// </summary>
public abstract class EventReader
{
    /// <summary>The format's name as <c>replay</c> prints it: pcap, pcapng, suricata-eve, zeek-conn …</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// How much later than its successors an observation may stand in the file, as long as no more than 65,536 wait.
    /// </summary>
    public virtual TimeSpan Lateness => TimeSpan.Zero;

    /// <summary>The file has recorded ticks of its own: none are made up for it.</summary>
    public virtual bool HasTicks => false;

    /// <summary>
    /// The observations' stamps are nanoseconds since 1970 in UTC: other tools have no monotonic clock. A format
    /// without times counts from 1970.
    /// </summary>
    public abstract IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken);
}

/// <summary>An observation and where in its file it stands.</summary>
/// <param name="Record">The packet, line or row that it comes from, from 1; of a flow's beginning its first
/// packet.</param>
public readonly record struct Reading(long Record, Observation Observation);
