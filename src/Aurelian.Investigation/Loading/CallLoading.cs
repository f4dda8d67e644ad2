using System.Globalization;
using Aurelian.Investigation.Cases;
using Aurelian.Readers;

namespace Aurelian.Investigation.Loading;

/// <summary>The tool calls of the trace files, in the order of files and lines.</summary>
internal sealed class CallLoading
{
    private readonly HashSet<(string Id, double Start)> _seen = [];

    internal List<FileReport> Files { get; } = [];

    internal List<CaseCall> Calls { get; } = [];

    /// <summary>Episode by its container's id, or its sandbox's address where nothing else is known.</summary>
    internal Dictionary<string, string> Containers { get; } = [];

    /// <summary>Null when it went well.</summary>
    internal CaseLoad.Refused? Read(string path, int source, CaseFiles files, CancellationToken cancellationToken)
    {
        using SourceFile file = CallLog.Open(path, source, files.TracesZone ?? TimeSpan.Zero, files.TraceColumns);
        CallList list = CallLog.Read(file, cancellationToken);
        FileReport report = new(path, file)
        {
            Duplicates = list.Duplicates,
            Records = list.Calls.Count + list.Duplicates + (int)file.Report.Unreadable,
        };
        if (Refuse(report, list) is { } refused)
        {
            return refused;
        }

        report.Notes.AddRange(list.Notes);
        bool several = files.Traces.Count > 1;
        int whole = 0;
        foreach (CallRecord record in list.Calls)
        {
            CaseCall call = ToCall(record);
            if (several && !_seen.Add((call.Id, call.Start)))
            {
                report.Duplicates++;
                continue;
            }

            whole += call.WholeEpisode ? 1 : 0;
            Calls.Add(call);
            if (record.Container is { } container)
            {
                Containers.TryAdd(container, call.Episode);
            }
        }

        if (whole > 0)
        {
            report.Notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"{report.Kind} has no times of single calls: {whole} calls carry their episode's whole window, so "
                + $"that only episodes and tasks can be told apart"));
        }

        report.Usable = list.Calls.Count + list.Duplicates;
        Files.Add(report);
        return null;
    }

    private static CaseCall ToCall(CallRecord record)
    {
        double start = Grain.Floor(record.StartNs, 1e-6), end = Grain.Floor(record.EndNs, 1e-6);
        bool known = record.EpisodeEndNs > record.EpisodeStartNs;
        return new CaseCall
        {
            Id = record.Id,
            Episode = record.Episode,
            Task = record.Task,
            Tool = record.Tool,
            Command = record.Command,
            Checkpoint = record.Model,
            Step = record.Step,
            Start = start,
            End = end,
            SandboxStart = known ? Math.Min(start, Grain.Floor(record.EpisodeStartNs, 1e-6)) : start,
            // A call that outlives its agent's span holds its sandbox.
            SandboxEnd = known ? Math.Max(end, Grain.Floor(record.EpisodeEndNs, 1e-6)) : end,
            HostAddress = record.HostIp,
            WholeEpisode = record.WholeEpisode,
        };
    }

    private static CaseLoad.Refused? Refuse(FileReport report, CallList list)
    {
        const string Formats = "OpenTelemetry GenAI spans (OTLP JSON or protobuf), ROLL dumps, Inspect or OpenHands "
            + "logs, a run's folder, or CSV with start, end and episode";
        if (report.Kind == "unknown")
        {
            return new CaseLoad.Refused("format-unknown", report.File, 1,
                $"{report.File}: the beginning is of no trace that is known here", $"give {Formats}");
        }

        if (list.Calls.Count > 0 && !report.Report.Timed)
        {
            return new CaseLoad.Refused("times-missing", report.File, null,
                $"{report.File}: {report.Kind} has no wall-clock times, so that no alert can be laid beside its calls",
                $"give traces with times: {Formats}");
        }

        if (list.Calls.Count == 0)
        {
            SkippedRecord? first = report.Skipped.Count > 0 ? report.Skipped[0] : null;
            bool columns = first?.Reason.StartsWith("no column", StringComparison.Ordinal) ?? false;
            return new CaseLoad.Refused(columns ? "column-missing" : "no-calls", report.File, first?.Line,
                first is { } skipped ? $"{report.File}, line {skipped.Line}: {skipped.Reason}; no tool call was read"
                    : $"{report.File}: {report.Kind} without a single tool call (execute_tool span)",
                columns ? "name the columns: --trace-columns start=COLUMN,end=COLUMN,episode=COLUMN …"
                    : "export the spans of the tools, too, each with its start and end");
        }

        return null;
    }
}
