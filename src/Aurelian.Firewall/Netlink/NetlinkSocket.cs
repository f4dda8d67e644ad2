using System.Runtime.InteropServices;
using Aurelian.Sandbox;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Firewall;

/// <summary>A netlink socket inside a namespace; used from one thread at a time for reading, any for writing.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    internal const int BufferFull = 105; // ENOBUFS: the kernel dropped messages for this socket
    private const int SocketLevel = 1, ReceiveBufferForce = 33;

    private readonly SafeFileHandle _socket;

    internal NetlinkSocket(NetworkNamespace inside, int protocol)
    {
        _socket = new SafeFileHandle(
            inside.Run(() => Native.Socket(Native.NetlinkFamily, Native.Raw | Native.CloseOnExec, protocol)),
            ownsHandle: true);
        byte* address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = Native.NetlinkFamily;
        if (_socket.IsInvalid || Native.Bind(_socket, address, 12) != 0)
        {
            throw new FirewallException(
                FirewallFailure.Missing, $"No netlink socket {protocol}: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Room for bursts; as far as the kernel lets us.</summary>
    internal void Enlarge(int bytes) =>
        _ = Native.SetOption(_socket, SocketLevel, ReceiveBufferForce, &bytes, sizeof(int));

    internal void Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            if (Native.Send(_socket, start, message.Length, 0) != message.Length)
            {
                throw new FirewallException(
                    FirewallFailure.NotEnforced, $"netlink refused: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
    }

    /// <summary>Waits for a datagram of messages; 0 with the error's number when there is none.</summary>
    internal int Receive(Span<byte> buffer, out int error)
    {
        fixed (byte* start = buffer)
        {
            nint received = Native.Receive(_socket, start, buffer.Length, 0);
            error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
            return (int)Math.Max(0, received);
        }
    }

    public void Dispose() => _socket.Dispose();
}
