using Aurelian.Events;

namespace Aurelian.Detection;

/// <param name="Executed">What it runs: its own, or what it was forked with.</param>
internal readonly record struct RunningProcess(int ParentPid, Fact.ProcessExecuted Executed);

/// <summary>
/// The processes that are running, by sandbox and pid: whose image a connection's is, and who is a parent.
/// </summary>
internal sealed class ProcessBook
{
    /// <summary>More live processes than any sandbox may have.</summary>
    private const int ProcessesMax = 16_384;

    private readonly BoundedMap<(SandboxId?, int), RunningProcess> _running = new(ProcessesMax);

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
                _running.Set((sandbox, pid), new RunningProcess(executed.ParentPid, executed));
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
