using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>One cause as it becomes known: its findings, its flow, and what was done in its sandbox.</summary>
internal sealed class IncidentRecord(IncidentId id, Event found, Finding first, Attribution attribution)
{
    private const int EvidenceMax = 32;

    private readonly List<EvidenceSummary> _evidence = [];

    internal Finding Gravest { get; private set; } = first;

    internal SandboxId? Sandbox => Gravest.Subject.Sandbox;

    internal ToolCallId? Call { get; } = first.Subject.Call;

    internal FlowId? Flow { get; set; } = first.Flow;

    /// <summary>
    /// The process's last flow to somewhere else: told where the completing attempt was cut before it became one.
    /// </summary>
    internal FlowId? Nearby { get; set; }

    internal ProcessSummary? Process { get; set; }

    internal int? Pid => Gravest.Subject.Pid;

    internal void Add(Finding finding, IEnumerable<EvidenceSummary> evidence)
    {
        // The gravest finding names the incident, and of equals the first.
        if (finding.Severity > Gravest.Severity)
        {
            Gravest = finding;
            Flow = finding.Flow ?? Flow;
        }

        Flow ??= finding.Flow;
        foreach (EvidenceSummary each in evidence)
        {
            if (_evidence.Count < EvidenceMax && !_evidence.Contains(each))
            {
                _evidence.Add(each);
            }
        }
    }

    internal Incident Build(
        IReadOnlyList<AttributionEdge> edges, FlowRecord? flow,
        IReadOnlyList<(ContainmentReceipt Receipt, DateTimeOffset At)> receipts)
    {
        bool contained = Gravest.Severity >= Severity.High;
        long? cutNs = At(receipts, ContainmentAction.Cut), frozenNs = At(receipts, ContainmentAction.Freeze);
        return new Incident
        {
            Id = id.Value,
            Category = Gravest.Category,
            Rule = Gravest.Rule,
            Severity = Gravest.Severity,
            Explanation = Gravest.Explanation,
            Episode = Gravest.Subject.Episode?.Value ?? "",
            ToolCall = attribution.Born,
            Attribution = attribution with { Edges = edges },
            Process = Process,
            Flow = flow?.Build(),
            FirstSeen = found.Time,
            ContainedAfterMs = contained && cutNs is { } cut && frozenNs is { } frozen
                ? Milliseconds(Math.Max(cut, frozen) - Gravest.CompletedAtNs)
                : null,
            ExposureMs = contained && cutNs is { } closed && flow is not null ? Milliseconds(closed - flow.OpenedNs)
                : null,
            Actions = contained
                ? [.. receipts.Select(each => new ActionSummary(each.Receipt.Action, each.At, each.Receipt.Ok,
                    each.Receipt.Detail))]
                : [new ActionSummary(ContainmentAction.Observe, found.Time, true, "noted; no containment below high")],
            Evidence = _evidence,
            Technique = Gravest.Technique,
        };
    }

    private static long? At(
        IReadOnlyList<(ContainmentReceipt Receipt, DateTimeOffset At)> receipts, ContainmentAction action) =>
        receipts.Where(each => each.Receipt.Action == action && each.Receipt.Ok)
            .Select(each => (long?)each.Receipt.AtNs).FirstOrDefault();

    private static double Milliseconds(long ns) => Math.Round(Math.Max(0, ns) / 1e6, 3);
}
