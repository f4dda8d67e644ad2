using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Aurelian.Firewall;

/// <summary>Connections that are accepted, made and moved without the framework's own threads.</summary>
internal static unsafe partial class Native
{
    internal const int TryAgain = 11, Interrupted = 4; // EAGAIN, EINTR
    internal const int SetStatusFlags = 4, NonBlocking = 0x800; // F_SETFL, O_NONBLOCK
    internal const int DontWait = 0x40, NoSignal = 0x4000; // MSG_DONTWAIT, MSG_NOSIGNAL

    private const int InProgress = 115, Already = 114, IsConnected = 106; // EINPROGRESS, EALREADY, EISCONN
    private const ushort Internet = 2, InternetSix = 10; // AF_INET, AF_INET6
    private const int AddressMax = 28;

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int LocalName(SafeHandle socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    private static partial int RemoteName(SafeHandle socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeHandle socket, byte* address, uint length);

    /// <summary>Sends a connection's first packet to an address of the machine's own, and waits for none.</summary>
    internal static void BeginConnect(Socket socket, IPEndPoint to)
    {
        socket.Blocking = false;
        _ = TryConnect(socket.SafeHandle, to);
    }

    /// <summary>Begins a connection, or asks how the one begun fares; false: not there yet.</summary>
    internal static bool TryConnect(SafeHandle socket, IPEndPoint to)
    {
        byte* address = stackalloc byte[AddressMax];
        new Span<byte>(address, AddressMax).Clear();
        bool six = to.AddressFamily == AddressFamily.InterNetworkV6;
        *(ushort*)address = six ? InternetSix : Internet;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(address + 2, 2), (ushort)to.Port);
        to.Address.TryWriteBytes(new Span<byte>(address + (six ? 8 : 4), 16), out _);
        if (six)
        {
            *(uint*)(address + 24) = (uint)to.Address.ScopeId;
        }

        return Connect(socket, address, six ? AddressMax : 16u) == 0 || Marshal.GetLastPInvokeError() switch
        {
            IsConnected => true,
            InProgress or Already or Interrupted => false,
            int error => throw new SocketException(error),
        };
    }

    /// <summary>Whether the last call would have had to wait.</summary>
    internal static bool MayRetry() => Marshal.GetLastPInvokeError() is TryAgain or Interrupted;

    /// <summary>
    /// The local end of an accepted connection. The framework gives the listener's instead, which for a transparent
    /// proxy is never what the client dialled.
    /// </summary>
    internal static IPEndPoint? LocalEnd(Socket socket)
    {
        byte* address = stackalloc byte[AddressMax];
        uint length = AddressMax;
        return LocalName(socket.SafeHandle, address, &length) == 0 ? EndPoint(address) : null;
    }

    /// <summary>The other end; the framework knows it only of what it connected itself.</summary>
    internal static IPEndPoint? RemoteEnd(Socket socket)
    {
        byte* address = stackalloc byte[AddressMax];
        uint length = AddressMax;
        return RemoteName(socket.SafeHandle, address, &length) == 0 ? EndPoint(address) : null;
    }

    private static IPEndPoint? EndPoint(byte* address)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2));
        return *(ushort*)address switch
        {
            Internet => new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port),
            InternetSix => new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 8, 16)), port),
            _ => null,
        };
    }
}
