using System.Text.Json;
using Aurelian.Events;
using Aurelian.Store;
using Microsoft.Data.Sqlite;

namespace Aurelian.Readers;

/// <summary>
/// Our own runs, event by event in their order, with their ticks: the detectors see what they saw live. A record is an
/// event; its number is its Seq.
/// </summary>
internal sealed class RunReader(string timeline) : EventReader
{
    public override string Kind => "aurelian-run";

    public override bool HasTicks => true;

    public override IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        using TimelineReader reader = TimelineReader.Open(timeline);
        using IEnumerator<Event> events = reader.Read().GetEnumerator();
        long? utcMinusMonotonic = null;
        while (TryNext(events, report))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Event each = events.Current;
            // One offset for the whole run, so that the differences stay those of the monotonic clock.
            utcMinusMonotonic ??= ((each.Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick)
                - each.MonotonicNs;
            report.Accept();
            report.Timed = true;
            yield return new Reading(
                each.Seq, new Observation(each.MonotonicNs + utcMinusMonotonic.Value, each.Subject, each.Fact));
        }
    }

    private static bool TryNext(IEnumerator<Event> events, ReadReport report)
    {
        try
        {
            return events.MoveNext();
        }
        catch (Exception exception) when (
            exception is SqliteException or JsonException or FormatException or InvalidCastException
            or NotSupportedException or ArgumentException)
        {
            report.Reject($"event {report.Records + 1}", $"{exception.Message}; what follows is not read");
            return false;
        }
    }
}
