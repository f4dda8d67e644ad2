using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Refused system calls that have no honest use in a coding task (medium), and those that libraries try and do without
/// (low); programs that call themselves a thread of the kernel (low: a name alone harms nobody). One finding a call and
/// kind, not one an attempt.
/// </summary>
internal sealed class EvasionDetector : IDetector
{
    private const int KindsMax = 65_536;

    private static readonly HashSet<string> NoHonestUse =
    [
        "bpf", "mount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsmount", "fsconfig", "fspick",
        "mount_setattr", "chroot", "setns", "unshare", "clone", "open_by_handle_at", "init_module", "finit_module",
        "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "iopl", "ioperm",
        "clock_settime", "settimeofday", "ptrace", "process_vm_readv", "process_vm_writev", "fanotify_init",
    ];

    private static readonly string[] HostSockets = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"];

    private readonly BoundedMap<(ToolCallId, TextKey), bool> _found = new(KindsMax);

    public string Name => "evasion-refused";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Subject.Call is not { } call)
        {
            return;
        }

        (string? kind, Severity severity) = occurred.Fact switch
        {
            Fact.SyscallRefused refused => ($"{refused.Syscall} {refused.Detail}".Trim(), Judge(refused)),
            Fact.ProcessExecuted executed when Disguise(executed) is { } disguise => (disguise, Severity.Low),
            Fact.LocalSocketConnected local when IsOnHost(local.Path) =>
                ($"the host's socket {local.Path}", Severity.Medium),
            _ => (null, Severity.Info),
        };
        if (kind is null || _found.Contains((call, kind)))
        {
            return;
        }

        _found.Set((call, kind), true);
        findings.Add(new Finding
        {
            Rule = occurred.Fact is Fact.ProcessExecuted ? "evasion-disguise"
                : severity == Severity.Medium ? Name : "evasion-unusual-call",
            RuleVersion = 1,
            Category = Category.Evasion,
            Severity = severity,
            Confidence = severity == Severity.Medium ? 0.8 : 0.2,
            Subject = occurred.Subject,
            Evidence = [occurred.Seq],
            Explanation = occurred.Fact is Fact.ProcessExecuted ? kind : $"tried {kind}, which is not given here",
            Technique = occurred.Fact is Fact.ProcessExecuted ? "T1036.005" : "T1611",
            CompletedAtNs = occurred.MonotonicNs,
        });
    }

    /// <summary>Only the kernel's own threads are named in brackets; they execute nothing.</summary>
    private static string? Disguise(Fact.ProcessExecuted executed) =>
        executed.Arguments is [['[', _, .., ']'], ..]
            ? $"{executed.Executable} calls itself the kernel's thread {executed.Arguments[0]}" : null;

    private static bool IsOnHost(string path) =>
        Array.Exists(HostSockets, name => path.EndsWith(name, StringComparison.Ordinal));

    private static Severity Judge(Fact.SyscallRefused refused) => refused.Syscall == "socket"
        ? refused.Detail is "AF_PACKET" or "AF_VSOCK" or "AF_XDP" ? Severity.Medium : Severity.Low
        : NoHonestUse.Contains(refused.Syscall) ? Severity.Medium : Severity.Low;
}
