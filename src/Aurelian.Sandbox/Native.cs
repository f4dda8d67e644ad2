using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>System calls that the framework has no name for.</summary>
internal static partial class Native
{
    internal const int CloneNewNet = 0x40000000;
    internal const int UnixFamily = 1;
    internal const int SequencedPackets = 5;
    internal const int CloseOnExec = 0x80000; // SOCK_CLOEXEC and O_CLOEXEC alike
    internal const uint MemoryFileCloseOnExec = 1;
    internal const int SetDescriptorFlags = 2; // F_SETFD
    internal const int SocketLevel = 1;
    internal const int ScmRights = 1;
    internal const int NoSignal = 0x4000;

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(SafeFileHandle descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    internal static unsafe partial int SocketPair(int family, int type, int protocol, int* pair);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    internal static unsafe partial int Pipe(int* pair, int flags);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    internal static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(SafeHandle descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    internal static unsafe partial nint SendMessage(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    internal static partial int SetScheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "usleep")]
    internal static partial int SleepMicroseconds(uint microseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    internal static partial int SetFileUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    internal static partial int SetFileGroup(uint group);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial long OpenAt2(
        long number, SafeFileHandle folder, string path, OpenHow* how, nint size);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ChangeLinkOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeHardLink(string source, string path);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int Status(string path, byte* status);

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    private static unsafe partial int Status(SafeFileHandle file, byte* status);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeNode(string path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttribute(string path, string name, byte[] value, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeFolderAt(SafeFileHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial int OpenProcess(long number, int pid, uint flags);

    /// <summary>A descriptor that means this very process, whoever has its number later.</summary>
    internal static SafeFileHandle OpenProcess(int pid)
    {
        const long openNumber = 434; // pidfd_open
        SafeFileHandle process = new(OpenProcess(openNumber, pid, 0), ownsHandle: true);
        return process.IsInvalid
            ? throw new SandboxException(
                SandboxFailure.Broken, $"A sandbox ended at once: {Marshal.GetLastPInvokeErrorMessage()}.")
            : process;
    }

    internal static FileKind KindOf(SafeFileHandle file) => (ModeOf(file) & 0xF000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Folder,
        0xA000 => FileKind.Link,
        _ => FileKind.Other,
    };

    /// <summary>Kind and permissions as of <c>st_mode</c>; 0 when the file cannot be asked.</summary>
    internal static unsafe uint ModeOf(SafeFileHandle file)
    {
        // st_mode stands at 24 on x86-64 and at 16 on arm64.
        byte* status = stackalloc byte[256];
        int at = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 24 : 16;
        return Status(file, status) != 0 ? 0 : *(uint*)(status + at);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        internal ulong Flags;
        internal ulong Mode;
        internal ulong Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct IoVector
    {
        internal byte* Base;
        internal nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct MessageHeader
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVector* Parts;
        internal nint PartCount;
        internal void* Control;
        internal nint ControlLength;
        internal int Flags;
    }
}
