using Aurelian.Events;

namespace Aurelian.Sensors;

/// <summary>
/// Which calls the kernel's side tells of, each under its sandbox's number, and what it had to leave out of each
/// sandbox and of all: told as gaps, each once.
/// </summary>
internal sealed unsafe class LossLedger(int calls, int budgets, int lost, Action<long, Subject, bool> tell)
{
    private readonly Dictionary<SandboxId, Entry> _sandboxes = [];
    private ulong _lostBefore;
    private uint _numbered;

    /// <summary>
    /// Adds a call's cgroup or takes it away. A sandbox has its number and its budget as long as one of its calls has a
    /// cgroup. False: the kernel has no room for another call.
    /// </summary>
    internal bool Number(SandboxId sandbox, ulong cgroup, bool added)
    {
        lock (_sandboxes)
        {
            return added ? Add(sandbox, cgroup) : Remove(sandbox, cgroup);
        }
    }

    /// <summary>What was left out since the last time.</summary>
    internal void Tell()
    {
        lock (_sandboxes)
        {
            foreach ((SandboxId sandbox, Entry entry) in _sandboxes)
            {
                Tell(sandbox, entry);
            }

            uint zero = 0;
            ulong now = 0;
            _ = Native.Lookup(lost, &zero, &now);
            Tell(now, _lostBefore, default, causedBySandbox: false);
            _lostBefore = now;
        }
    }

    private bool Add(SandboxId sandbox, ulong cgroup)
    {
        if (!_sandboxes.TryGetValue(sandbox, out Entry? entry))
        {
            _sandboxes[sandbox] = entry = new Entry(++_numbered);
        }

        entry.Cgroups.Add(cgroup);
        uint number = entry.Number;
        return Native.Update(calls, &cgroup, &number, 0) == 0;
    }

    private bool Remove(SandboxId sandbox, ulong cgroup)
    {
        _ = Native.Delete(calls, &cgroup);
        if (_sandboxes.TryGetValue(sandbox, out Entry? entry) && entry.Cgroups.Remove(cgroup)
            && entry.Cgroups.Count == 0)
        {
            Tell(sandbox, entry);
            uint number = entry.Number;
            _ = Native.Delete(budgets, &number);
            _sandboxes.Remove(sandbox);
        }

        return true;
    }

    private void Tell(SandboxId sandbox, Entry entry)
    {
        byte* budget = stackalloc byte[24]; // struct budget: tokens, refilled, dropped
        uint key = entry.Number;
        ulong now = Native.Lookup(budgets, &key, budget) == 0 ? *(ulong*)(budget + 16) : 0;
        Tell(now, entry.Told, new Subject(Sandbox: sandbox,
            Episode: new EpisodeId(sandbox.Value.Split('.')[0])), causedBySandbox: true);
        entry.Told = now;
    }

    private void Tell(ulong now, ulong before, Subject subject, bool causedBySandbox)
    {
        if (now > before)
        {
            tell((long)(now - before), subject, causedBySandbox);
        }
    }

    private sealed class Entry(uint number)
    {
        internal uint Number => number;

        internal HashSet<ulong> Cgroups { get; } = [];

        /// <summary>How much of what was left out is told.</summary>
        internal ulong Told { get; set; }
    }
}
