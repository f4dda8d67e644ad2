using System.Globalization;
using Aurelian.Investigation.Cases;
using Aurelian.Readers;

namespace Aurelian.Investigation.Loading;

/// <summary>
/// Reads the files of a case, finds what their stamps mean, and refuses what cannot be laid side by side.
/// </summary>
public static class CaseLoader
{
    /// <summary>Alerts further from every call than this are nobody's.</summary>
    private const double NearSeconds = 3600;

    public static CaseLoad Load(
        CaseFiles files, IProgress<InvestigationProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (Missing(files) is { } missing)
        {
            return missing;
        }

        files = files with { Firewall = Expand(files.Firewall), Traces = Expand(files.Traces) };
        AlertLoading alerts = new();
        foreach (string path in files.Firewall)
        {
            progress?.Report(new InvestigationProgress($"reading {path}", 0));
            if (alerts.Read(path, files, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        CallLoading calls = new();
        foreach (string path in files.Traces)
        {
            progress?.Report(new InvestigationProgress($"reading {path}", 0));
            if (calls.Read(path, alerts.Files.Count + calls.Files.Count + 1, files, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        if (Zone(files, alerts, calls) is { } zone)
        {
            return zone;
        }

        HostLoading hosts = new(calls.Containers);
        if (ReadHosts(files, alerts, calls, hosts, progress, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        hosts.NoteStrangers(calls.Calls);
        return Put(alerts, calls, hosts);
    }

    private static CaseLoad.Refused? ReadHosts(
        CaseFiles files, AlertLoading alerts, CallLoading calls, HostLoading hosts,
        IProgress<InvestigationProgress>? progress, CancellationToken cancellationToken)
    {
        int Number() => alerts.Files.Count + calls.Files.Count + hosts.Files.Count + 1;
        foreach (string path in files.Flows)
        {
            progress?.Report(new InvestigationProgress($"reading {path}", 0));
            if (hosts.ReadFlows(path, Number(), files, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        foreach (string path in files.Telemetry)
        {
            progress?.Report(new InvestigationProgress($"reading {path}", 0));
            if (hosts.ReadTelemetry(path, Number(), files, cancellationToken) is { } refused)
            {
                return refused;
            }
        }

        // Our own gateway recorded every connection with its call.
        foreach (FileReport run in calls.Files.Where(each => each.Kind == "aurelian-run"))
        {
            using SourceFile file = SourceFile.Open(run.File, run.Report.Source);
            hosts.ReadOwn(file, cancellationToken);
        }

        FileReport? naive = files.TracesZone is null
            ? hosts.Files.Find(file => file.Report.NaiveTimes) : null;
        return naive is null ? null : new CaseLoad.Refused("zone-missing", naive.File, FirstLine(naive),
            $"{naive.File}: its times have no zone", "say it with --traces-zone, for example --traces-zone +00:00");
    }

    private static CaseLoad Put(AlertLoading alerts, CallLoading calls, HostLoading hosts)
    {
        IReadOnlyList<CaseAlert> marked = alerts.Finish(out double grain);
        (double start, double end) = Window(calls.Calls);
        double shift = 0;
        if (!alerts.IsEmpty)
        {
            if (ZoneShift.Find([.. marked.Where(alert => alert.DuplicateOf is null).Select(alert => alert.Time)],
                start, end) is not { } found
                || !marked.Any(alert => alert.Time - found >= start - NearSeconds
                    && alert.Time - found <= end + NearSeconds))
            {
                return Apart(marked, alerts, calls, start, end);
            }

            shift = found;
            NoteShift(alerts, marked, shift, start, end);
        }

        List<FileReport> files = [.. alerts.Files, .. calls.Files, .. hosts.Files];
        return new CaseLoad.Loaded(
            new InvestigationCase
            {
                Sources = [.. files.Select(file => file.ToSource())],
                Partial = files.Exists(file => file.Report.Partial),
                Alerts = marked,
                Calls = calls.Calls,
                Flows = hosts.Flows,
                Samples = hosts.Samples,
                GrainSeconds = grain,
                ZoneShiftSeconds = shift,
            },
            hosts.Findings);
    }

    private static void NoteShift(
        AlertLoading alerts, IReadOnlyList<CaseAlert> marked, double shift, double start, double end)
    {
        if (shift != 0)
        {
            alerts.Files[0].Notes.Add(
                $"its stamps miss the traces by {ZoneShift.Name(shift)}: taken for a mistaken time zone and corrected");
        }

        int outside = marked.Count(alert => alert.Time - shift < start - NearSeconds
            || alert.Time - shift > end + NearSeconds);
        if (outside > 0)
        {
            CaseAlert first = marked.First(alert => alert.Time - shift < start - NearSeconds
                || alert.Time - shift > end + NearSeconds);
            alerts.Files[first.Source].Notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"line {first.Line}: {outside} alerts lie more than an hour from every tool call: no call of these "
                + $"traces explains them"));
        }
    }

    private static CaseLoad.Refused Apart(
        IReadOnlyList<CaseAlert> alerts, AlertLoading loading, CallLoading calls, double start, double end)
    {
        string first = Text(alerts.Min(alert => alert.Time)), last = Text(alerts.Max(alert => alert.Time));
        return new CaseLoad.Refused("no-overlap", loading.Files[0].File, loading.FirstLine,
            $"the alerts are from {first} to {last}, the tool calls of {calls.Files[0].File} from {Text(start)} to "
            + $"{Text(end)}: no time zone brings them together",
            "give the traces of the time of the alerts, or the alerts of the time of the traces; where the firewall's "
            + "times are local, say --firewall-zone");
    }

    /// <summary>When the calls ran, a few stray stamps left out.</summary>
    private static (double Start, double End) Window(List<CaseCall> calls)
    {
        const double Stray = 0.002;
        double[] starts = [.. calls.Select(call => call.Start).Order()], ends = [.. calls.Select(call => call.End)
            .Order()];
        int stray = (int)(starts.Length * Stray);
        return (starts[stray], ends[^(stray + 1)]);
    }

    private static CaseLoad.Refused? Zone(CaseFiles files, AlertLoading alerts, CallLoading calls)
    {
        FileReport? firewall = alerts.Files.Find(file => file.Report.NaiveTimes);
        FileReport? traces = calls.Files.Find(file => file.Report.NaiveTimes);
        bool firewallOpen = firewall is not null && files.FirewallZone is null;
        bool tracesOpen = traces is not null && files.TracesZone is null;
        if (!firewallOpen && !tracesOpen)
        {
            return null;
        }

        (double start, double end) = Window(calls.Calls);
        double? shift = firewallOpen && tracesOpen ? null : ZoneShift.Find(alerts.Times, start, end);
        string? zone = shift is { } known ? ZoneShift.Name(firewallOpen ? known : -known) : null;
        (FileReport file, string option) = firewallOpen ? (firewall!, "--firewall-zone") : (traces!, "--traces-zone");
        return new CaseLoad.Refused("zone-missing", file.File, firewallOpen ? alerts.FirstLine : FirstLine(file),
            $"{file.File}: its times are local and have no zone",
            zone is null ? $"say the zone with {option}, for example {option} +08:00; the data suggest none"
                : $"say the zone with {option}; the data suggest {option} {zone}",
            zone);
    }

    private static long? FirstLine(FileReport file) => file.Records > 0 ? 1 : null;

    private static CaseLoad.Refused? Missing(CaseFiles files) => files.Firewall.Concat(files.Traces)
        .Concat(files.Flows).Concat(files.Telemetry).FirstOrDefault(path => path != "-" && !File.Exists(path)
            && !Directory.Exists(path)) is { } missing
        ? new CaseLoad.Refused("file-missing", missing, null, $"{missing}: there is no such file or folder",
            "check the path")
        : null;

    /// <summary>A folder is the files in it; a run's folder is one input.</summary>
    private static IReadOnlyList<string> Expand(IReadOnlyList<string> paths) =>
        [.. paths.SelectMany(SourceFile.Expand)];

    private static string Text(double seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString(
        "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
