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
}
