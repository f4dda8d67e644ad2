using System.Collections.Immutable;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Reverse tunnels (high) and other SSH to the outside (medium), on any port.
/// </summary>
/// <remarks>
/// A command line that asks for reverse forwarding completes the rule when its process says its first bytes, so that
/// the connection is part of the finding; without a connection, when a few seconds passed or the process ended. A flow
/// alone completes it when the roles are inverted. Does not cover: a tunnel inside an allowed TLS session.
/// </remarks>
internal sealed class TunnelDetector : IDetector
{
    private const int ProcessesMax = 65_536;
    private const long PatienceNs = 3_000_000_000;

    private readonly BoundedMap<(SandboxId, int), Process> _processes = new(ProcessesMax);
    private readonly BoundedMap<(SandboxId, int), Process> _pending = new(4096);
    private readonly BoundedMap<FlowId, bool> _inside = new(65_536);

    public string Name => "tunnel";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Fact is Fact.Tick)
        {
            CompleteOverdue(occurred, findings);
        }

        // A file of another tool may know no sandbox: its machine is one.
        SandboxId? owner = occurred.Subject.Sandbox
            ?? (occurred.Subject.Run is null ? new SandboxId(occurred.Subject.Episode?.Value ?? "host") : null);
        if (owner is not { } sandbox)
        {
            return;
        }

        switch (occurred.Fact)
        {
            case Fact.ProcessExecuted executed when occurred.Subject.Pid is { } pid:
                Executed((sandbox, pid), occurred, executed);
                break;
            case Fact.ProcessExited when occurred.Subject.Pid is { } pid:
                if (_pending.Find((sandbox, pid)) is { } pending)
                {
                    CompleteByArguments(occurred, pending, findings);
                }

                _processes.Remove((sandbox, pid));
                break;
            case Fact.FlowOpened opened:
                _inside.Set(
                    opened.Flow, opened.Name is null && InternalNetwork.Contains(opened.Destination.Address));
                break;
            case Fact.FlowClosed closed:
                _inside.Remove(closed.Flow);
                break;
            case Fact.ProtocolSeen seen:
                Seen(sandbox, occurred, seen, findings);
                break;
            case Fact.ToolCallStarted started when occurred.Subject.Run is null:
                Commanded(sandbox, occurred, started.Command, findings);
                break;
        }
    }

    private void CompleteOverdue(Event tick, ICollection<Finding> findings)
    {
        foreach (Process process in _pending.Entries.Select(entry => entry.Value)
            .Where(process => tick.MonotonicNs - process.StartedNs > PatienceNs).ToArray())
        {
            CompleteByArguments(tick, process, findings);
        }
    }

    private void Executed((SandboxId, int) key, Event occurred, Fact.ProcessExecuted executed)
    {
        string? reverse = TunnelTools.ReverseBy(executed.Executable, executed.Arguments);
        bool client = SshCommandLine.IsClient(executed.Executable, executed.Arguments);
        Process process = new(
            key, occurred.Subject, occurred.Seq, occurred.MonotonicNs, reverse,
            TunnelTools.LooksLikeRenamedClient(executed.Arguments),
            client && SshCommandLine.Parse(executed.Arguments).IsGit);
        _processes.Set(key, process);
        if (reverse is not null)
        {
            _pending.Set(key, process);
        }
    }

    /// <summary>Where no sensor saw processes, a call's text says what was run.</summary>
    private void Commanded(SandboxId sandbox, Event occurred, string text, ICollection<Finding> findings)
    {
        foreach (ImmutableArray<string> words in Commands.Read(text))
        {
            if (TunnelTools.ReverseBy(words[0], words) is { } reverse)
            {
                Complete(occurred, new Process((sandbox, 0), occurred.Subject, occurred.Seq, occurred.MonotonicNs,
                    reverse, Renamed: false, IsGit: false), null,
                    $"was told to open a way in from outside: {reverse}", findings);
                return;
            }
        }
    }

    private void Seen(SandboxId sandbox, Event occurred, Fact.ProtocolSeen seen, ICollection<Finding> findings)
    {
        Process? process = occurred.Subject.Pid is { } pid ? _processes.Find((sandbox, pid)) : null;
        bool ssh = seen.Protocol == ProtocolNames.Ssh;
        if (process?.Reverse is not null && seen.Direction == FlowDirection.Client)
        {
            Complete(occurred, process, seen.Flow, $"opened a way in from outside: {process.Reverse}", findings);
        }
        else if (ssh && seen.Traits.Contains(ProtocolTraits.RoleInverted))
        {
            findings.Add(Find(
                "tunnel-reverse", Severity.High, occurred, occurred.Subject, seen.Flow, [occurred.Seq],
                occurred.MonotonicNs, "SSH with its roles inverted: the side that was called is the client"));
        }
        else if (ssh && process is { Renamed: true } && seen.Direction == FlowDirection.Client)
        {
            Complete(occurred, process, seen.Flow, "ssh reverse forwarding under another name", findings);
        }
        else if (ssh && seen is { Direction: FlowDirection.Client, Method: "banner" } && IsOutside(seen.Flow)
            && occurred.Subject.Run is not null
            && process is not { IsGit: true })
        {
            findings.Add(Find(
                "ssh-outside", Severity.Medium, occurred, occurred.Subject, seen.Flow, [occurred.Seq],
                occurred.MonotonicNs, $"SSH to the outside ({seen.Name})"));
        }
    }

    /// <summary>Internal addresses are the probing detector's; an issued name is always outside.</summary>
    private bool IsOutside(FlowId flow) => !_inside.Find(flow);

    private void CompleteByArguments(Event occurred, Process process, ICollection<Finding> findings) =>
        Complete(occurred, process, null, $"was told to open a way in from outside: {process.Reverse}", findings);

    private void Complete(
        Event occurred, Process process, FlowId? flow, string explanation, ICollection<Finding> findings)
    {
        _pending.Remove(process.Key);
        _processes.Set(process.Key, process with { Reverse = null });
        findings.Add(Find(
            "tunnel-reverse", Severity.High, occurred, process.Subject, flow,
            flow is null ? [process.Seq] : [process.Seq, occurred.Seq],
            // Known since the exec where no connection followed: the moment it was completed is the last event looked
            // at.
            occurred.MonotonicNs, explanation));
    }

    private static Finding Find(
        string rule, Severity severity, Event occurred, Subject subject, FlowId? flow, ImmutableArray<long> evidence,
        long completedAtNs, string explanation) => new()
    {
        Rule = rule,
        RuleVersion = 1,
        Category = Category.Tunnel,
        Severity = severity,
        Confidence = severity == Severity.High ? 0.97 : 0.6,
        Subject = occurred.Subject with { Call = subject.Call ?? occurred.Subject.Call, Pid = subject.Pid,
            Sandbox = subject.Sandbox, Episode = subject.Episode },
        Flow = flow,
        Evidence = evidence,
        Explanation = explanation,
        Technique = "T1572",
        CompletedAtNs = completedAtNs,
    };

    /// <param name="Renamed">Its command line is ssh's own, whatever its name.</param>
    private sealed record Process(
        (SandboxId, int) Key, Subject Subject, long Seq, long StartedNs, string? Reverse, bool Renamed, bool IsGit);
}
