using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>Steps from an open folder by one name; names are NUL-terminated bytes.</summary>
internal static partial class Native
{
    private const int LinkLengthMax = 4096;
    private const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Exclusive = 0x80, NoTerminal = 0x100;
    private const int FolderOnly = 0x10000, NoFollow = 0x20000, PathOnly = 0x200000;

    /// <summary>Never through a link, never waiting, not on a pipe either.</summary>
    internal const int OpenForReading = ReadOnly | NonBlocking | NoFollow | NoTerminal | CloseOnExec;

    internal const int OpenFolderPath = PathOnly | FolderOnly | NoFollow | CloseOnExec;

    internal const int CreateNew = WriteOnly | Create | Exclusive | NoFollow | CloseOnExec;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    internal static partial SafeFileHandle OpenAt(SafeFileHandle folder, byte[] name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    internal static partial int MakeFolderAt(SafeFileHandle folder, byte[] name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    internal static partial int LinkAt(byte[] target, SafeFileHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    internal static partial int UnlinkAt(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static unsafe partial long ListFolder(long number, SafeFileHandle folder, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(SafeFileHandle folder, byte[] name, byte[] target, nint size);

    /// <summary>Where a link leads, NUL-terminated; null when it is none (any more).</summary>
    internal static byte[]? ReadLinkAt(SafeFileHandle folder, byte[] name)
    {
        byte[] target = new byte[LinkLengthMax];
        nint length = ReadLinkAt(folder, name, target, LinkLengthMax);
        return length is > 0 and < LinkLengthMax ? [.. target.AsSpan(0, (int)length), 0] : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial int SetThreadGroups(long number, nint count, nint groups);

    /// <summary>
    /// Takes every supplementary group from the calling thread alone (libc's setgroups would take them from all).
    /// </summary>
    internal static void DropThreadGroups() => _ = SetThreadGroups(
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 116 : 159, 0, 0);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);

    /// <summary>The path without links; null when it leads nowhere.</summary>
    internal static unsafe string? RealPath(string path)
    {
        nint text = RealPath(path, 0);
        string? real = Marshal.PtrToStringUTF8(text);
        NativeMemory.Free((void*)text);
        return real;
    }
}
