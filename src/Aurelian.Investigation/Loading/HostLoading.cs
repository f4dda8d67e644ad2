using System.Net;
using Aurelian.Detection;
using Aurelian.Events;
using Aurelian.Investigation.Cases;
using Aurelian.Readers;

namespace Aurelian.Investigation.Loading;

/// <summary>Connections, loads and findings of the host's and the gateway's own files.</summary>
/// <param name="containers">Episode by its container's id.</param>
internal sealed class HostLoading(IReadOnlyDictionary<string, string> containers)
{
    private const int FindingsMax = 10_000;
    private const string SamplesKind = "load-samples";

    internal List<FileReport> Files { get; } = [];

    internal List<CaseFlow> Flows { get; } = [];

    internal List<CaseSample> Samples { get; } = [];

    internal List<Finding> Findings { get; } = [];

    internal CaseLoad.Refused? ReadFlows(string path, int source, CaseFiles files, CancellationToken cancellationToken)
    {
        using SourceFile file = HostLog.Open(path, source, files.TracesZone ?? TimeSpan.Zero);
        return Read(path, file, cancellationToken);
    }

    /// <summary>Samples where it is a table of them, else what a host sensor saw.</summary>
    internal CaseLoad.Refused? ReadTelemetry(
        string path, int source, CaseFiles files, CancellationToken cancellationToken)
    {
        ReadReport report = new(source) { Zone = files.TracesZone ?? TimeSpan.Zero };
        if (Directory.Exists(path) || LoadSamples.TryRead(path, report) is not { } samples)
        {
            return ReadFlows(path, source, files, cancellationToken);
        }

        int before = Samples.Count;
        foreach (LoadSample sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string subject = containers.GetValueOrDefault(sample.Subject, sample.Subject);
            Samples.Add(new CaseSample
            {
                Time = Grain.Floor(sample.Ns, 1e-6), Subject = subject, Cores = sample.Cores, Gpu = sample.Gpu,
            });
        }

        int read = Samples.Count - before;
        Files.Add(new FileReport(path, SamplesKind, report)
        {
            Records = read + (int)report.Unreadable, Usable = read,
        });
        return null;
    }

    /// <summary>Says which tables of samples name no sandbox of the traces: they stand beside no call.</summary>
    internal void NoteStrangers(List<CaseCall> calls)
    {
        HashSet<string> known = [.. calls.SelectMany(call => new[] { call.Episode, call.HostAddress ?? "" })];
        int from = 0;
        foreach (FileReport file in Files.Where(each => each.Kind == SamplesKind))
        {
            if (file.Usable > 0 && !Samples.Skip(from).Take(file.Usable).Any(s => known.Contains(s.Subject)))
            {
                file.Notes.Add($"its samples are of {Samples[from].Subject}: no episode, container or sandbox address "
                    + "of the traces; they stand beside no call");
            }

            from += file.Usable;
        }
    }

    /// <summary>What a trace file of our own says of its connections, too.</summary>
    internal void ReadOwn(SourceFile file, CancellationToken cancellationToken) => Take(file, cancellationToken);

    private CaseLoad.Refused? Read(string path, SourceFile file, CancellationToken cancellationToken)
    {
        int taken = Take(file, cancellationToken);
        FileReport report = new(path, file)
        {
            Records = taken + (int)file.Report.Unreadable, Usable = taken,
        };
        if (report.Kind == "unknown")
        {
            return new CaseLoad.Refused("format-unknown", path, 1, $"{path}: the beginning is of no host log that is "
                + "known here", "give conntrack -E -o timestamp, a NAT table as CSV, auditd, Falco, Tetragon, a run's "
                + "folder, or samples as CSV");
        }

        if (report.Kind == "conntrack" && file.Report.NaiveTimes)
        {
            return new CaseLoad.Refused("times-missing", path, 1, $"{path}: conntrack events without times",
                "record them with 'conntrack -E -o timestamp'");
        }

        Files.Add(report);
        return null;
    }

    private int Take(SourceFile file, CancellationToken cancellationToken)
    {
        Dictionary<FlowId, int> open = [];
        DetectorSet detectors = DetectorSet.Standard();
        List<Finding> found = [];
        long seq = 0, last = -1;
        int records = 0;
        foreach (Reading reading in file.Read(cancellationToken))
        {
            records += reading.Record != last ? 1 : 0;
            last = reading.Record;
            Observation seen = reading.Observation;
            Note(seen, open);
            if (seen.Fact is Fact.ProcessExecuted && Findings.Count < FindingsMax)
            {
                detectors.Observe(new Event(++seq, DateTimeOffset.UnixEpoch.AddTicks(seen.MonotonicNs / 100),
                    seen.MonotonicNs, seen.Subject, seen.Fact), found);
                Findings.AddRange(found);
                found.Clear();
            }
        }

        return records;
    }

    private void Note(in Observation seen, Dictionary<FlowId, int> open)
    {
        double time = Grain.Floor(seen.MonotonicNs, 1e-6);
        switch (seen.Fact)
        {
            case Fact.FlowOpened opened:
                open[opened.Flow] = Flows.Count;
                Flows.Add(Of(seen.Subject, time, opened.Source, opened.Destination));
                break;
            case Fact.FlowTranslated translated when open.TryGetValue(translated.Flow, out int at):
                Flows[at] = Flows[at] with
                {
                    TranslatedAddress = Address(translated.Source), TranslatedPort = Port(translated.Source),
                    DestinationAddress = Address(translated.Destination) ?? Flows[at].DestinationAddress,
                    DestinationPort = Port(translated.Destination) ?? Flows[at].DestinationPort,
                };
                break;
            case Fact.FlowClosed closed when open.Remove(closed.Flow, out int at):
                Flows[at] = Flows[at] with { End = Math.Max(time, Flows[at].Time) };
                break;
            case Fact.ConnectAttempted attempt when !IPAddress.IsLoopback(attempt.Destination.Address):
                Flows.Add(Of(seen.Subject, time, default, attempt.Destination));
                break;
        }
    }

    private CaseFlow Of(Subject subject, double time, Endpoint source, Endpoint destination) => new()
    {
        Time = time,
        SourceAddress = Address(source),
        SourcePort = Port(source),
        DestinationAddress = Address(destination) ?? "",
        DestinationPort = Port(destination),
        Episode = subject.Episode?.Value is { } episode ? containers.GetValueOrDefault(episode, episode)
            : subject.Sandbox is { } sandbox ? Container(sandbox.Value) : null,
        ToolCall = subject.Call?.Value,
    };

    /// <summary>Sensors cut a container's id to twelve characters.</summary>
    private string? Container(string id) => containers.TryGetValue(id, out string? episode) ? episode
        : id.Length < 12 ? null
        : containers.FirstOrDefault(each => each.Key.StartsWith(id, StringComparison.Ordinal)).Value;

    private static string? Address(Endpoint end) =>
        end.Address is null || end.Address.Equals(IPAddress.Any) ? null : end.Address.ToString();

    private static int? Port(Endpoint end) => end.Port > 0 ? end.Port : null;
}
