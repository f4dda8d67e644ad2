using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sensors;

/// <summary>libbpf and the system calls of the sensors.</summary>
internal static unsafe partial class Native
{
    private const string Bpf = "libbpf.so.1";

    [LibraryImport(Bpf, EntryPoint = "libbpf_set_print")]
    internal static partial nint SetPrint(nint printer);

    [LibraryImport(Bpf, EntryPoint = "bpf_object__open_file", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    internal static partial nint OpenObject(string path, nint options);

    [LibraryImport(Bpf, EntryPoint = "bpf_object__load")]
    internal static partial int LoadObject(nint loaded);

    [LibraryImport(Bpf, EntryPoint = "bpf_object__close")]
    internal static partial void CloseObject(nint loaded);

    [LibraryImport(Bpf, EntryPoint = "bpf_object__next_program")]
    internal static partial nint NextProgram(nint loaded, nint previous);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__name")]
    internal static partial nint ProgramName(nint program);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__section_name")]
    internal static partial nint ProgramSection(nint program);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__set_autoload")]
    internal static partial int SetAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool load);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__set_type")]
    internal static partial int SetType(nint program, int type);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__set_expected_attach_type")]
    internal static partial int SetAttachType(nint program, int type);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__fd")]
    internal static partial int ProgramDescriptor(nint program);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__attach")]
    internal static partial nint Attach(nint program);

    [LibraryImport(Bpf, EntryPoint = "bpf_program__attach_cgroup")]
    internal static partial nint AttachCgroup(nint program, int cgroup);

    [LibraryImport(Bpf, EntryPoint = "bpf_link__destroy")]
    internal static partial int DestroyLink(nint link);

    [LibraryImport(Bpf, EntryPoint = "bpf_object__find_map_fd_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int FindMap(nint loaded, string name);

    [LibraryImport(Bpf, EntryPoint = "bpf_map_update_elem")]
    internal static partial int Update(int map, void* key, void* value, ulong flags);

    [LibraryImport(Bpf, EntryPoint = "bpf_map_lookup_elem")]
    internal static partial int Lookup(int map, void* key, void* value);

    [LibraryImport(Bpf, EntryPoint = "bpf_map_delete_elem")]
    internal static partial int Delete(int map, void* key);

    [LibraryImport(Bpf, EntryPoint = "ring_buffer__new")]
    internal static partial nint NewRing(int map, delegate* unmanaged<void*, void*, nuint, int> onRecord,
        void* context, nint options);

    [LibraryImport(Bpf, EntryPoint = "ring_buffer__poll")]
    internal static partial int PollRing(nint ring, int milliseconds);

    [LibraryImport(Bpf, EntryPoint = "ring_buffer__consume")]
    internal static partial int ConsumeRing(nint ring);

    [LibraryImport(Bpf, EntryPoint = "ring_buffer__free")]
    internal static partial void FreeRing(nint ring);

    [LibraryImport(Bpf, EntryPoint = "bpf_prog_test_run_opts")]
    internal static partial int RunProgram(int program, TestRun* options);

    [LibraryImport("libc", EntryPoint = "fanotify_init", SetLastError = true)]
    internal static partial int FanotifyInit(uint flags, uint eventFlags);

    [LibraryImport("libc", EntryPoint = "fanotify_mark", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    internal static partial int FanotifyMark(SafeFileHandle group, uint flags, ulong mask, int folder, string? path);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle file, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLink(string path, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatX(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeFileHandle socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeFileHandle socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeFileHandle file, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "name_to_handle_at", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    internal static partial int NameToHandle(int folder, string path, byte* handle, int* mount, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    /// <summary>Where a link points, as its bytes say; null when it is gone.</summary>
    internal static string? LinkTarget(string path)
    {
        const int pathMax = 4096;
        byte* buffer = stackalloc byte[pathMax];
        nint length = ReadLink(path, buffer, pathMax);
        return length > 0 ? System.Text.Encoding.UTF8.GetString(buffer, (int)length) : null;
    }

    /// <summary>struct statx: the inode at 32, the device's minor number at 140.</summary>
    internal static FileKey KeyOf(int file)
    {
        const int emptyPath = 0x1000;
        const uint inode = 0x100;
        byte* status = stackalloc byte[256];
        return StatX(file, "", emptyPath, inode, status) == 0
            ? new FileKey(*(ulong*)(status + 32), *(uint*)(status + 140))
            : default;
    }

    /// <summary>A cgroup's id, from its folder's file handle; 0 when it is gone.</summary>
    internal static ulong CgroupId(string folder)
    {
        // struct file_handle: room, type, then the bytes; a cgroup's are its id.
        byte* handle = stackalloc byte[16];
        *(uint*)handle = 8;
        int mount;
        return NameToHandle(-100, folder, handle, &mount, 0) == 0 ? *(ulong*)(handle + 8) : 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Happened;
    }

    /// <summary><c>struct bpf_test_run_opts</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TestRun
    {
        internal nuint Size;
        internal void* DataIn;
        internal void* DataOut;
        internal uint DataInSize;
        internal uint DataOutSize;
        internal void* ContextIn;
        internal void* ContextOut;
        internal uint ContextInSize;
        internal uint ContextOutSize;
        internal uint Result;
        internal int Repeat;
        internal uint Duration;
        internal uint Flags;
        internal uint Processor;
        internal uint BatchSize;
    }
}
