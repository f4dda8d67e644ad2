using System.Runtime.InteropServices;

namespace Aurelian.Sandbox;

internal static partial class Native
{
    internal const int ControlAdd = 1;
    internal const int ControlDelete = 2;
    internal const uint EventReadable = 1;
    internal const uint EventWritable = 4;
    internal const int SetStatusFlags = 4; // F_SETFL
    internal const int NonBlocking = 0x800;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorAgain = 11;
    internal const ulong BytesWaiting = 0x541B; // FIONREAD

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static unsafe partial nint Read(SafeHandle descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(SafeHandle descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int Control(SafeHandle descriptor, ulong request, int* value);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int CreateEventQueue(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static unsafe partial int ControlEvents(
        SafeHandle queue, int operation, SafeHandle descriptor, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static unsafe partial int WaitEvents(SafeHandle queue, byte* events, int count, int timeoutMs);
}
