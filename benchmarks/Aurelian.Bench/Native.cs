using System.Runtime.InteropServices;

namespace Aurelian.Bench;

internal static partial class Native
{
    internal const int CloneNewNamespace = 0x20000;
    internal const ulong Private = 1 << 18, Recursive = 0x4000;
    internal const int Detach = 2;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Kill(int process, int signal);

    /// <summary>User and system time of the processes that we started and that have ended.</summary>
    internal static unsafe TimeSpan TimeOfChildren()
    {
        const int children = -1, fields = 18;
        long* usage = stackalloc long[fields];
        return ResourceUsage(children, usage) != 0
            ? TimeSpan.Zero
            : TimeSpan.FromMicroseconds((1_000_000.0 * (usage[0] + usage[2])) + usage[1] + usage[3]);
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static unsafe partial int ResourceUsage(int who, long* usage);
}
