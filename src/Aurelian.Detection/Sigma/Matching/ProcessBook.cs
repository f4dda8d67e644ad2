using Aurelian.Events;

namespace Aurelian.Detection;

/// <param name="Executed">What it runs: its own, or what it was forked with.</param>
/// <param name="Tried">Where it tried to connect to last.</param>
/// <param name="TriedAs">What it ran then: a shell opens a connection and becomes another program.</param>
internal readonly record struct RunningProcess(
    int ParentPid, Fact.ProcessExecuted Executed, Endpoint Tried = default, Fact.ProcessExecuted? TriedAs = null)
{
    /// <summary>In bytes.</summary>
    internal long Weight => FactWeight.Of(Executed)
        + (TriedAs is null || TriedAs == (object)Executed ? 0 : FactWeight.Of(TriedAs));

    /// <summary>What it ran when it did what the fact tells; a flow is told by the proxy, which comes later.</summary>
    internal Fact.ProcessExecuted At(Fact fact) =>
        fact is Fact.FlowOpened opened && TriedAs is not null && opened.Destination == Tried ? TriedAs : Executed;
}

/// <summary>
/// The processes that are running, by sandbox and pid: whose image a connection's is, and who is a parent.
/// </summary>
internal sealed class ProcessBook
{
    /// <summary>More live processes than any sandbox may have.</summary>
    private const int ProcessesMax = 16_384;
    private const long BytesMax = 48L << 20;

    private readonly BoundedMap<(SandboxId?, int), RunningProcess> _running = new(
        ProcessesMax, BytesMax, process => process.Weight);

    internal void Observe(Event occurred)
    {
        if (occurred.Subject.Pid is not { } pid)
        {
            return;
        }

        SandboxId? sandbox = occurred.Subject.Sandbox;
        switch (occurred.Fact)
        {
            case Fact.ProcessExecuted executed:
                _running.TryFind((sandbox, pid), out RunningProcess before);
                _running.Set((sandbox, pid), before with { ParentPid = executed.ParentPid, Executed = executed });
                break;
            case Fact.ConnectAttempted connect when _running.TryFind((sandbox, pid), out RunningProcess running):
                _running.Set((sandbox, pid), running with
                {
                    Tried = connect.Destination, TriedAs = running.Executed,
                });
                break;
            case Fact.ProcessForked forked
                when _running.TryFind((sandbox, forked.ParentPid), out RunningProcess parent):
                _running.Set((sandbox, pid), parent with { ParentPid = forked.ParentPid });
                break;
            case Fact.ProcessExited:
                _running.Remove((sandbox, pid));
                break;
        }
    }

    internal bool TryFind(SandboxId? sandbox, int pid, out RunningProcess process) =>
        _running.TryFind((sandbox, pid), out process);
}
