namespace Aurelian.Sandbox;

/// <summary>One mount of a sandbox, in the OCI specification's words.</summary>
internal sealed record SandboxMount(string Destination, string Type, string Source, params string[] Options);

/// <summary>
/// What is mounted in a sandbox, hidden from it and read-only in it: the runtime is told so, and the warden.
/// </summary>
internal static class SandboxMounts
{
    private static readonly string[] Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/proc/kallsyms", "/proc/kmsg",
        "/proc/config.gz", "/proc/interrupts", "/sys/firmware", "/sys/fs/cgroup", "/sys/kernel", "/sys/module",
        "/sys/devices/virtual/powercap",
    ];

    internal static readonly string[] ReadOnly =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>Options that are flags of <c>mount(2)</c>; the others are the file system's own.</summary>
    private static readonly Dictionary<string, long> Flags = new()
    {
        ["ro"] = 1, ["nosuid"] = 2, ["nodev"] = 4, ["noexec"] = 8, ["bind"] = 0x1000, ["rbind"] = 0x5000,
        ["rprivate"] = 0, ["strictatime"] = 1 << 24,
    };

    internal static IReadOnlyList<SandboxMount> All(IReadOnlyList<string> binds, string wardenPath) =>
    [
        new("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        new("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        new("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
        new("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=67108864"),
        new("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
        .. binds.Select(bind => new SandboxMount(bind, "bind", bind, "rbind", "ro", "nosuid", "nodev", "rprivate")),
        new(OciConfig.WardenInside, "bind", wardenPath, "bind", "ro", "nosuid", "nodev", "rprivate"),
    ];

    /// <summary>What is masked where these folders are shown.</summary>
    internal static IReadOnlyList<string> Hidden(IReadOnlyList<string> binds) =>
        [.. Masked, .. ReadOnlyPaths.Hidden(binds)];

    internal static (long Flags, string Data) ForKernel(SandboxMount mount) => (
        mount.Options.Sum(option => Flags.GetValueOrDefault(option)),
        string.Join(',', mount.Options.Where(option => !Flags.ContainsKey(option))));
}
