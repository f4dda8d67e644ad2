using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// Everything people and programs are told about a run, rebuilt from its events in their order: live, after a crash, or
/// years later, the same.
/// </summary>
public sealed class RunRecord
{
    private const int RecentMax = 65_536;
    private const int FlowsMax = 262_144;
    private const int DriftMax = 1000;

    private readonly Dictionary<EpisodeId, EpisodeRecord> _episodes = [];
    private readonly List<EpisodeRecord> _order = [];
    private readonly Dictionary<(SandboxId?, Category, ToolCallId?), IncidentRecord> _incidents = [];
    private readonly List<IncidentRecord> _incidentOrder = [];
    private readonly Dictionary<SandboxId, List<(ContainmentReceipt, DateTimeOffset)>> _receipts = [];
    private readonly Dictionary<FlowId, FlowRecord> _flows = [];
    private readonly SortedDictionary<string, CoverageSummary> _coverage = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Event> _recent = [];
    private readonly Dictionary<(SandboxId, int), FlowId> _lastFlow = [];
    private readonly List<DriftSummary> _drift = [];
    private readonly ProcessTable _processes = new();
    private readonly EdgeBook _edges;
    private string _run = "";
    private RunEnding _ending = RunEnding.Missing;

    public RunRecord() => _edges = new EdgeBook(_processes);

    public static RunSummary Summarise(IEnumerable<Event> events, string? folder)
    {
        RunRecord record = new();
        foreach (Event each in events)
        {
            record.Observe(each);
        }

        return record.Build(folder);
    }

    public void Observe(Event occurred)
    {
        _run = occurred.Subject.Run?.Value ?? _run;
        _recent[occurred.Seq] = occurred;
        _recent.Remove(occurred.Seq - RecentMax);
        _processes.Observe(occurred);
        _edges.Observe(occurred);
        if (occurred.Subject.Episode is { } id && (occurred.Fact is Fact.EpisodeStarted || _episodes.ContainsKey(id)))
        {
            Episode(id).Observe(occurred);
        }

        switch (occurred.Fact)
        {
            case Fact.FlowOpened opened when _flows.Count < FlowsMax:
                _flows[opened.Flow] = new FlowRecord(opened, occurred.MonotonicNs);
                Adopt(occurred.Subject, opened.Flow);
                break;
            case Fact.ProtocolSeen seen when _flows.TryGetValue(seen.Flow, out FlowRecord? flow):
                flow.Observe(seen);
                break;
            case Fact.FlowClosed closed when _flows.TryGetValue(closed.Flow, out FlowRecord? flow):
                flow.Observe(closed);
                break;
            case Fact.Found found:
                Add(occurred, found.Finding);
                break;
            case Fact.Contained contained when occurred.Subject.Sandbox is { } sandbox:
                if (!_receipts.TryGetValue(sandbox, out List<(ContainmentReceipt, DateTimeOffset)>? receipts))
                {
                    _receipts[sandbox] = receipts = [];
                }

                receipts.Add((contained.Receipt, occurred.Time));
                break;
            case Fact.BehaviourDrifted drift when _drift.Count < DriftMax:
                _drift.Add(new DriftSummary(drift.Step, drift.Quantity, drift.Value, drift.Mean, drift.Deviations,
                    FactText.Describe(drift)));
                break;
            case Fact.RunEnded ended:
                _ending = ended.ExitCode == 0 ? RunEnding.Whole : RunEnding.BrokenOff;
                break;
            case Fact.CoverageReported reported:
                SourceCoverage each = reported.Source;
                _coverage[each.Name] = new CoverageSummary(
                    each.State, each.How, each.Received, each.Processed, each.Dropped, each.Late);
                break;
        }
    }

    public RunSummary Build(string? folder) => new()
    {
        Run = _run,
        Folder = folder,
        Ending = _ending,
        // e2 before e10, whichever began first.
        Episodes = [.. _order.OrderBy(episode => episode.Id.Value.Length)
            .ThenBy(episode => episode.Id.Value, StringComparer.Ordinal).Select(episode => episode.Build())],
        Incidents = [.. _incidentOrder.Select(Build)],
        Coverage = _coverage,
        Drift = _drift,
    };

    private Incident Build(IncidentRecord incident)
    {
        // The exec may have been posted after the connection it made, and what led to it after both: looked up again
        // when all is known.
        incident.Process = incident.Pid is { } pid
            ? _processes.Find(pid, incident.Gravest.CompletedAtNs) ?? incident.Process
                ?? new ProcessSummary(pid, null, null)
            : incident.Process;
        Incident built = incident.Build(
            _edges.Of(incident.Sandbox, incident.Call), (incident.Flow ?? incident.Nearby) is { } flow
                ? _flows.GetValueOrDefault(flow)
                : null,
            incident.Sandbox is { } sandbox ? _receipts.GetValueOrDefault(sandbox, []) : []);
        bool byTime = _coverage.TryGetValue(SourceNames.Attribution, out CoverageSummary? how)
            && how.State != SourceState.Full && built.Attribution.Certainty == Certainty.Exact;
        return byTime
            ? built with { Attribution = built.Attribution with { Certainty = Certainty.Approximate } }
            : built;
    }

    private void Add(Event occurred, Finding finding)
    {
        (SandboxId?, Category, ToolCallId?) cause = (finding.Subject.Sandbox, finding.Category, finding.Subject.Call);
        if (!_incidents.TryGetValue(cause, out IncidentRecord? incident))
        {
            IncidentId id = new($"i{_incidents.Count + 1}");
            ToolCallId? active = finding.Subject.Episode is { } episode ? Episode(episode).Active : null;
            incident = new IncidentRecord(id, occurred, finding, new Attribution(
                // A process was found for it, or only a time: then the call is the one that ran.
                finding.Subject.Call is null ? Certainty.Unknown
                    : finding.Subject.Pid is null ? Certainty.Approximate : Certainty.Exact,
                finding.Subject.Call?.Value, active?.Value, []));
            _incidents[cause] = incident;
            _incidentOrder.Add(incident);
        }

        incident.Add(finding, finding.Evidence.Where(_recent.ContainsKey)
            .Select(seq => new EvidenceSummary(seq, FactText.Describe(_recent[seq].Fact))));
        // Kept for when the table has forgotten it by the end.
        incident.Process ??= finding.Subject.Pid is { } pid ? _processes.Find(pid, finding.CompletedAtNs) : null;
        if (finding.Subject is { Sandbox: { } sandbox, Pid: { } actor } && finding.Category is not Category.Evasion
            && _lastFlow.TryGetValue((sandbox, actor), out FlowId last))
        {
            Offer(incident, last);
        }
    }

    /// <summary>The last of the evidence completed the rule: where it names a destination, that one's.</summary>
    private void Offer(IncidentRecord incident, FlowId flow)
    {
        Endpoint? reached = incident.Gravest.Evidence is [.., long last] && _recent.TryGetValue(last, out Event? act)
            && act.Fact is Fact.ConnectAttempted connect ? connect.Destination : null;
        if (reached is null || _flows[flow].Destination == reached)
        {
            incident.Flow ??= flow;
        }
        else
        {
            incident.Nearby = flow;
        }
    }

    /// <summary>
    /// A finding may come before its connection does (an attempt is told before its first packet): then the process's
    /// connection is taken when it comes.
    /// </summary>
    private void Adopt(Subject subject, FlowId flow)
    {
        if (subject is { Sandbox: { } sandbox, Pid: { } pid })
        {
            _lastFlow[(sandbox, pid)] = flow;
            foreach (IncidentRecord incident in _incidentOrder.Where(each => each.Sandbox == sandbox
                && each.Pid == pid && each.Gravest.Category is not Category.Evasion))
            {
                Offer(incident, flow);
            }
        }
    }

    private EpisodeRecord Episode(EpisodeId id)
    {
        if (!_episodes.TryGetValue(id, out EpisodeRecord? episode))
        {
            _episodes[id] = episode = new EpisodeRecord(id);
            _order.Add(episode);
        }

        return episode;
    }
}
