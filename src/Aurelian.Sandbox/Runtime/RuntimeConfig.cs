using System.Collections.Frozen;

namespace Aurelian.Sandbox;

/// <summary>Which OCI runtime makes sandboxes, and what it lets us do and see.</summary>
/// <param name="Command">Its executable; runc's command line is spoken to it.</param>
/// <param name="PerCallCgroup">
/// Its containers' namespaces and cgroups are the host kernel's own, so that the warden can start a process in a cgroup
/// of its own. Otherwise calls go through the runtime's <c>exec</c>, share one cgroup, and are told apart by time.
/// </param>
/// <param name="HostSyscallEvents">
/// A process inside is a process of the host, and its system calls are the host's: sensors see it. Otherwise the
/// guest's kernel hides both.
/// </param>
public sealed record RuntimeConfig(string Command, bool PerCallCgroup, bool HostSyscallEvents)
{
    private static readonly FrozenSet<string> Known = new[] { "runc", "crun", "youki" }.ToFrozenSet();

    public static RuntimeConfig Runc { get; } = new("runc", true, true);

    /// <summary>Whether attribution is by cgroup, and not by time.</summary>
    public bool IsExact => PerCallCgroup && HostSyscallEvents;

    /// <summary>
    /// What was set, completed for runtimes that are known; null when another was named and not said what it can do:
    /// the weaker guess would blind us, the stronger one lie.
    /// </summary>
    public static RuntimeConfig? Of(string? command, bool? perCallCgroup, bool? hostSyscallEvents)
    {
        string named = command ?? Runc.Command;
        bool? known = Known.Contains(System.IO.Path.GetFileName(named)) ? true : null;
        return (perCallCgroup ?? known, hostSyscallEvents ?? known) is ({ } cgroup, { } events)
            ? new RuntimeConfig(named, cgroup, events)
            : null;
    }
}
