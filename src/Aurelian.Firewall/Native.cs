using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Firewall;

/// <summary>libnftables, netlink and the socket options that the framework has no name for.</summary>
internal static unsafe partial class Native
{
    internal const int NetlinkFamily = 16, Raw = 3, CloseOnExec = 0x80000;
    internal const int IpLevel = 0, IpTransparent = 19;

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_ctx_new")]
    internal static partial nint NewContext(uint flags);

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_ctx_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_ctx_buffer_error")]
    internal static partial int BufferErrors(nint context);

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_ctx_get_error_buffer")]
    internal static partial nint Errors(nint context);

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_ctx_buffer_output")]
    internal static partial int BufferOutput(nint context);

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_ctx_get_output_buffer")]
    internal static partial nint Output(nint context);

    [LibraryImport("libnftables.so.1", EntryPoint = "nft_run_cmd_from_buffer", StringMarshalling =
        StringMarshalling.Utf8)]
    internal static partial int RunCommands(nint context, string commands);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    internal static partial nint Splice(
        System.Runtime.InteropServices.SafeHandle from, nint fromOffset, System.Runtime.InteropServices.SafeHandle to,
        nint toOffset, nint length, uint flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    internal static unsafe partial int Pipe(int* pair, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeFileHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(SafeFileHandle socket, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeFileHandle socket, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeFileHandle socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int LocalName(SafeHandle socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeHandle socket, byte* address, uint length);

    /// <summary>Sends a connection's first packet to an address of the machine's own, and waits for none.</summary>
    internal static void BeginConnect(Socket socket, IPEndPoint to)
    {
        const int inProgress = 115; // EINPROGRESS
        socket.Blocking = false;
        byte* address = stackalloc byte[16];
        new Span<byte>(address, 16).Clear();
        *(ushort*)address = 2;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), (ushort)to.Port);
        to.Address.TryWriteBytes(new Span<byte>(address + 4, 4), out _);
        if (Connect(socket.SafeHandle, address, 16) != 0 && Marshal.GetLastPInvokeError() != inProgress)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>
    /// The local end of an accepted connection. The framework gives the listener's instead, which for a transparent
    /// proxy is never what the client dialled.
    /// </summary>
    internal static IPEndPoint? LocalEnd(Socket socket)
    {
        byte* address = stackalloc byte[28];
        uint length = 28;
        return LocalName(socket.SafeHandle, address, &length) == 0 && *(ushort*)address == 2
            ? new IPEndPoint(
                new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)),
                BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2)))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling =
        StringMarshalling.Utf8)]
    internal static partial uint InterfaceIndex(string name);
}
