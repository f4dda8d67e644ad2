using System.Runtime.InteropServices;

namespace Aurelian.Store;

internal static partial class Native
{
    private const int WriteAccess = 2;

    /// <summary>access(2): whether the process may write here.</summary>
    internal static bool MayWrite(string path) => Access(path, WriteAccess) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
