using System.Collections.Concurrent;
using Aurelian.Events;

namespace Aurelian.Sandbox;

/// <summary>
/// Which cgroup is which tool call's: cgroup2 id (the folder's inode, what <c>bpf_get_current_cgroup_id</c> gives) to
/// subject. Filled before a process is born in the cgroup, so that a sensor's event always finds its call. Entries stay
/// until the sandbox's events have been drained.
/// </summary>
public sealed class CgroupDirectory
{
    private readonly ConcurrentDictionary<ulong, Subject> _subjects = new();

    /// <summary>Raised after an entry was added or removed: sensors mirror it into their BPF maps.</summary>
    public event Action<ulong, Subject, bool>? Changed;

    public int Count => _subjects.Count;

    public void Add(ulong cgroupId, Subject subject)
    {
        _subjects[cgroupId] = subject;
        Changed?.Invoke(cgroupId, subject, true);
    }

    public void Remove(ulong cgroupId)
    {
        if (_subjects.TryRemove(cgroupId, out Subject subject))
        {
            Changed?.Invoke(cgroupId, subject, false);
        }
    }

    public bool TryFind(ulong cgroupId, out Subject subject) => _subjects.TryGetValue(cgroupId, out subject);

    public IReadOnlyList<KeyValuePair<ulong, Subject>> All() => [.. _subjects];
}
