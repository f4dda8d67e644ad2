namespace Aurelian.Sandbox;

/// <summary>
/// Which system calls a sandbox may make; one profile for the runtime's process and for every tool call.
/// </summary>
/// <remarks>
/// Covers: what opens the kernel to a container (namespaces, mounts, BPF, keyrings, io_uring, raw and packet sockets,
/// vsock, module and clock calls), foreign ABIs, and any call newer than this machine's libseccomp. Does not cover:
/// what
/// an allowed call does with its memory; the firewall and Landlock stand behind it. The refused calls are answered by
/// the warden, so each attempt is seen.
/// </remarks>
internal static class SeccompProfile
{
    // Thread and process creation are fine; a new namespace of any kind is not.
    private const ulong NewNamespaces = 0x7E020080; // CLONE_NEW{CGROUP,UTS,IPC,USER,PID,NET,NS,TIME}
    private const ulong SocketTypeMask = 0xF;
    private const ulong Stream = 1, Datagram = 2, SequencedPacket = 5;
    private const ulong CoreSize = 4; // RLIMIT_CORE
    private const int ResourcesMax = 16;
    private const ulong Unix = 1, Internet = 2, Internet6 = 10, Netlink = 16;
    private const ulong Default = 0, Tcp = 6, Udp = 17, MultipathTcp = 262;

    /// <summary>Refused whatever the arguments.</summary>
    internal static IReadOnlyList<string> Refused { get; } =
    [
        "acct", "add_key", "bpf", "chroot", "clock_adjtime", "clock_settime", "create_module", "delete_module",
        "fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "init_module",
        "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load",
        "kexec_load", "keyctl", "lookup_dcookie", "mount", "mount_setattr", "move_mount", "move_pages", "nfsservctl",
        "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root", "process_madvise", "query_module",
        "quotactl", "quotactl_fd", "reboot", "request_key", "setdomainname", "sethostname", "setns", "settimeofday",
        "stime", "swapoff", "swapon", "syslog", "umount", "umount2", "unshare", "uselib", "userfaultfd", "ustat",
        "vhangup", "vserver", "_sysctl", "adjtimex", "clock_adjtime64", "clock_settime64", "sysfs", "open_tree_attr",
    ];

    /// <summary>Tracing other processes: allowed only where Landlock keeps it within one tool call.</summary>
    internal static IReadOnlyList<string> Tracing { get; } =
        ["ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd"];

    internal static IReadOnlyList<ConditionalRule> Conditional { get; } =
    [
        new("clone", new ArgumentTest(0, Comparison.MaskedEqual, 0, NewNamespaces)),
        new("personality", new ArgumentTest(0, Comparison.Equal, 0)),
        new("personality", new ArgumentTest(0, Comparison.Equal, 0x0040000)), // ADDR_NO_RANDOMIZE: debuggers
        new("personality", new ArgumentTest(0, Comparison.Equal, 0xFFFFFFFF)),
        .. Sockets(Unix, Stream, Datagram, SequencedPacket),
        .. InternetSockets(Internet),
        .. InternetSockets(Internet6),
        // Asking for interfaces and addresses, as name lookups do; every other netlink family is refused.
        new("socket", new ArgumentTest(0, Comparison.Equal, Netlink), new ArgumentTest(2, Comparison.Equal, 0)),
        .. Limits("setrlimit", 0),
        .. Limits("prlimit64", 1),
        new("prlimit64", Resource(1, CoreSize), new ArgumentTest(2, Comparison.Equal, 0)),
    ];

    /// <summary>
    /// Answered "done" without being done: who turns core dumps off means well (and often dies where it cannot), but at
    /// 0 the host's crash handler would run for it.
    /// </summary>
    internal static IReadOnlyList<ConditionalRule> Pretended { get; } =
    [
        new("setrlimit", Resource(0, CoreSize)),
        new("prlimit64", Resource(1, CoreSize), new ArgumentTest(2, Comparison.NotEqual, 0)),
    ];

    /// <summary>
    /// Answered "no such call" without a notice: libc then falls back to a call whose flags can be read.
    /// </summary>
    internal const string Absent = "clone3";

    /// <summary>Every call that libseccomp knows on this machine and that no list above names.</summary>
    internal static IReadOnlyList<string> Allowed(bool tracingConfined)
    {
        HashSet<string> listed =
            [.. Refused, .. Conditional.Select(rule => rule.Syscall), Absent, .. tracingConfined ? [] : Tracing];
        return [.. Libseccomp.KnownSyscalls().Where(name => !listed.Contains(name))];
    }

    /// <summary>The kernel reads 32 bits of a resource; so does this.</summary>
    private static ArgumentTest Resource(uint argument, ulong resource) =>
        new(argument, Comparison.MaskedEqual, resource, uint.MaxValue);

    private static IEnumerable<ConditionalRule> Limits(string syscall, uint argument) =>
        Enumerable.Range(0, ResourcesMax).Where(resource => resource != (int)CoreSize)
            .Select(resource => new ConditionalRule(syscall, Resource(argument, (ulong)resource)));

    private static IEnumerable<ConditionalRule> Sockets(ulong family, params ulong[] types) =>
        types.Select(type => new ConditionalRule(
            "socket",
            new ArgumentTest(0, Comparison.Equal, family),
            new ArgumentTest(1, Comparison.MaskedEqual, type, SocketTypeMask)));

    /// <summary>
    /// TCP and UDP alone: SCTP, ICMP, L2TP and others hide behind the same two types, and each is kernel code that
    /// nobody here needs. Multipath TCP stays: Go listens by it, and on the wire it is TCP.
    /// </summary>
    private static IEnumerable<ConditionalRule> InternetSockets(ulong family) =>
        new (ulong Type, ulong Protocol)[]
        {
            (Stream, Default), (Stream, Tcp), (Stream, MultipathTcp), (Datagram, Default), (Datagram, Udp),
        }.Select(allowed => new ConditionalRule(
            "socket",
            new ArgumentTest(0, Comparison.Equal, family),
            new ArgumentTest(1, Comparison.MaskedEqual, allowed.Type, SocketTypeMask),
            new ArgumentTest(2, Comparison.Equal, allowed.Protocol)));
}
