using System.Runtime.InteropServices;

namespace Aurelian.Training.Native;

internal static partial class NativeMethods
{
    /// <summary>The C library's own environment, which native libraries read; .NET's is a copy.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string name, string value, int overwrite);
}
