namespace Aurelian.LinuxTests.Attacks;

/// <summary>What an escape would change on the host, looked at before and after.</summary>
internal sealed record HostWitness(string State)
{
    private static readonly string[] Files =
    [
        "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/randomize_va_space", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/sysrq",
        "/proc/self/mountinfo", "/proc/swaps", "/proc/modules", "/etc/passwd", "/etc/shadow", "/etc/ld.so.preload",
        "/sys/kernel/uevent_helper",
    ];

    internal static HostWitness Look() => new(string.Join('\n', [
        .. Files.Select(file => $"{file}: {Read(file)}"),
        .. Directory.GetFiles("/sys/fs/cgroup", "release_agent", new EnumerationOptions
        {
            RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true,
        }).Select(file => $"{file}: {Read(file)}"),
        .. Names("/proc/sys/fs/binfmt_misc"), .. Names("/dev"), .. Names("/etc"), .. Names("/root"), .. Names("/"),
    ]));

    private static IEnumerable<string> Names(string folder) => Directory.Exists(folder)
        ? Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal)
        : [];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.GetType().Name;
        }
    }
}
