using System.Globalization;
using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Firewall logs of every format, record by record in the file's order: the facts that a reader tells of one line are
/// one record.
/// </summary>
public static class AlertLog
{
    /// <summary>Fields of a plain CSV file that <c>--columns</c> may name.</summary>
    public static IReadOnlyList<string> CsvFields => AlertCsv.Names;

    /// <summary>Opens a log; what no other reader knows, or whose columns are named, is taken for CSV.</summary>
    /// <exception cref="IOException">There is no such file, or it may not be read.</exception>
    public static SourceFile Open(string path, int source, TimeSpan zone, ColumnMap columns) => SourceFile.Open(
        path, new ReadReport(source) { Zone = zone },
        head => !columns.IsEmpty || AlertCsv.Looks(head) ? new AlertCsv(columns) : null, force: !columns.IsEmpty);

    public static IEnumerable<AlertRecord> Read(SourceFile file, CancellationToken cancellationToken)
    {
        List<Reading> together = [];
        foreach (Reading reading in file.Read(cancellationToken))
        {
            if (together.Count > 0 && together[0].Record != reading.Record)
            {
                if (Of(together) is { } record)
                {
                    yield return record;
                }

                together.Clear();
            }

            together.Add(reading);
        }

        if (together.Count > 0 && Of(together) is { } last)
        {
            yield return last;
        }
    }

    /// <summary>Null when the line tells of nothing that a firewall would ask about.</summary>
    private static AlertRecord? Of(List<Reading> readings)
    {
        Fact.AlertSeen? alert = null;
        (long Ns, Endpoint Source, Endpoint Destination, Transport Transport, string What)? flow = null;
        long ns = 0;
        long? end = null;
        string? name = null;
        foreach (Reading reading in readings)
        {
            long at = reading.Observation.MonotonicNs;
            switch (reading.Observation.Fact)
            {
                case Fact.AlertSeen seen when alert is null:
                    (alert, ns) = (seen, at);
                    break;
                case Fact.FlowOpened opened:
                    flow ??= (at, opened.Source, opened.Destination, opened.Transport, "flow");
                    name ??= opened.Name;
                    break;
                case Fact.FlowClosed closed:
                    flow = (Ns(closed.OpenedAt), closed.Source, closed.Destination, closed.Transport,
                        closed.Allowed ? "flow" : "denied");
                    end = at;
                    name ??= closed.Name;
                    break;
                case Fact.PacketRefused refused:
                    flow ??= (at, refused.Source, refused.Destination, refused.Transport, "denied");
                    break;
                case Fact.ProbeSeen probe:
                    flow ??= (at, probe.Source, probe.Destination, probe.Transport, "unanswered");
                    break;
            }
        }

        long line = readings[0].Record;
        return alert is not null
                ? new AlertRecord(line, ns, true, Kind(alert), alert.Source ?? flow?.Source,
                    alert.Destination ?? flow?.Destination, flow?.Transport) { EndNs = end, Name = name }
            : flow is { } only
                ? new AlertRecord(line, only.Ns, false, TypeOf(only.What, only.Destination, only.Transport),
                    only.Source, only.Destination, only.Transport) { EndNs = end, Name = name }
            : null;
    }

    /// <summary>Suricata's and Zeek's classes are broad: their rule says more.</summary>
    private static string Kind(Fact.AlertSeen alert) =>
        alert.Tool is "suricata" or "zeek" ? alert.Rule : alert.Class ?? alert.Rule;

    /// <summary>A flow log names no kind of alert: its action and the server's port stand for one.</summary>
    private static string TypeOf(string what, Endpoint destination, Transport transport) => string.Create(
        CultureInfo.InvariantCulture, $"{what} {transport.ToString().ToLowerInvariant()}/{destination.Port}");

    private static long Ns(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
