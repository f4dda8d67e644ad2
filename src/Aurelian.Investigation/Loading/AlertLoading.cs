using System.Globalization;
using Aurelian.Events;
using Aurelian.Investigation.Cases;
using Aurelian.Readers;

namespace Aurelian.Investigation.Loading;

/// <summary>The alerts of the firewall's files, in the order of files and lines.</summary>
internal sealed class AlertLoading
{
    private readonly List<AlertRecord> _records = [];
    private readonly List<int> _sources = [];

    internal List<FileReport> Files { get; } = [];

    /// <summary>Stamps in Unix seconds, as written.</summary>
    internal IReadOnlyList<double> Times => [.. _records.Select(record => record.Ns / 1e9)];

    internal bool IsEmpty => _records.Count == 0;

    internal long? FirstLine => _records.Count == 0 ? null : _records[0].Line;

    /// <summary>Null when it went well.</summary>
    internal CaseLoad.Refused? Read(string path, CaseFiles files, CancellationToken cancellationToken)
    {
        using SourceFile file = AlertLog.Open(
            path, Files.Count + 1, files.FirewallZone ?? TimeSpan.Zero, files.FirewallColumns);
        List<AlertRecord> records = [.. AlertLog.Read(file, cancellationToken)];
        FileReport report = new(path, file) { Records = records.Count + (int)file.Report.Unreadable };
        if (Unknown(report) is { } refused)
        {
            return refused;
        }

        // A traffic log holds far more than alerts; where it calls nothing an alert, every record is asked about.
        if (records.Exists(record => record.IsAlert))
        {
            int all = records.Count;
            records.RemoveAll(record => !record.IsAlert);
            if (all > records.Count)
            {
                report.Notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{all - records.Count} records are flows that the firewall raised no alert for: left out"));
            }
        }
        else if (records.Count > 0)
        {
            report.Notes.Add("no record is called an alert by this log: every flow in it is asked about");
        }

        NoteJumps(records, report);
        report.Usable = records.Count;
        _records.AddRange(records);
        _sources.AddRange(Enumerable.Repeat(Files.Count, records.Count));
        Files.Add(report);
        return null;
    }

    /// <summary>Each with the alert that it repeats, stamps rounded down to the grain.</summary>
    internal IReadOnlyList<CaseAlert> Finish(out double grain)
    {
        double unit = grain = Grain.Of(_records.Select(record => record.Ns));
        IReadOnlyList<CaseAlert> alerts = RepeatedAlerts.Mark([.. _records.Select((record, index) => new CaseAlert
        {
            Source = _sources[index],
            Line = (int)Math.Min(record.Line, int.MaxValue),
            Time = Grain.Floor(record.Ns, unit),
            Type = record.Type,
            SourceAddress = Address(record.Source),
            SourcePort = Port(record.Source),
            DestinationAddress = Address(record.Destination),
            DestinationPort = Port(record.Destination),
        })]);
        foreach (CaseAlert alert in alerts.Where(alert => alert.DuplicateOf is not null))
        {
            Files[alert.Source].Duplicates++;
        }

        return alerts;
    }

    private static CaseLoad.Refused? Unknown(FileReport report) => report.Kind == "unknown"
        ? new CaseLoad.Refused("format-unknown", report.File, 1,
            $"{report.File}: the beginning is of no firewall log that is known here",
            "give an Alibaba Cloud Firewall, AWS VPC flow or Network Firewall, Suricata EVE or Zeek log, or CSV with a "
            + "header (name its columns with --columns time=COLUMN,type=COLUMN,source=COLUMN …)")
        : report.Records == report.Skipped.Count && report.Kind == "csv" && report.Skipped.Count == 1
            && report.Skipped[0].Reason.StartsWith("no column", StringComparison.Ordinal)
        ? new CaseLoad.Refused("column-missing", report.File, report.Skipped[0].Line,
            $"{report.File}, line {report.Skipped[0].Line}: {report.Skipped[0].Reason}",
            "name the columns: --columns time=COLUMN,type=COLUMN,source=COLUMN,dport=COLUMN …")
        : null;

    /// <summary>
    /// Logs are written nearly in order: a step back of a quarter of an hour is a clock that was set.
    /// </summary>
    private static void NoteJumps(List<AlertRecord> records, FileReport report)
    {
        const double JumpSeconds = 900;
        int jumps = 0;
        long line = 0;
        double step = 0;
        for (int index = 1; index < records.Count; index++)
        {
            double back = (records[index - 1].Ns - records[index].Ns) / 1e9;
            if (back > JumpSeconds)
            {
                jumps++;
                (line, step) = line == 0 ? (records[index].Line, back) : (line, step);
            }
        }

        if (jumps > 0)
        {
            report.Notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"line {line}: stamps step back by {step:0} s ({jumps} such steps in the file): the lines are out of "
                + $"order, or the firewall's clock was set; one offset and drift are estimated all the same"));
        }
    }

    private static string? Address(Endpoint? end) => end?.Address?.ToString();

    private static int? Port(Endpoint? end) => end is { Port: > 0 } known ? known.Port : null;
}
