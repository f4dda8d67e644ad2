using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>The sockets that live inside the gateway's namespace.</summary>
internal sealed class GatewaySockets(NetworkNamespace inside) : IDisposable
{
    private const int SocketLevel = 1, ReceiveBufferForce = 33;
    private const int QueueSize = 4 << 20;
    private const int Backlog = 4096;

    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly ConcurrentBag<Socket> _datagrams = [];
    private readonly SocketStock _streams = new(inside);

    /// <summary>Takes connections for any destination (IP_TRANSPARENT).</summary>
    internal Socket Listen() => Keep(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Set(socket, Native.IpLevel, Native.IpTransparent, 1);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(Backlog);
        return socket;
    });

    internal Socket Resolve() => Keep(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Set(socket, SocketLevel, ReceiveBufferForce, QueueSize);
        socket.Bind(new IPEndPoint(IPAddress.Parse(GatewayRules.Nameserver), 53));
        return socket;
    });

    /// <summary>Sends a mark of our own down the queue of a server's socket and waits until it was met there.</summary>
    internal Task PassAsync(Fence fence, Socket server, CancellationToken cancellationToken) =>
        server.SocketType == SocketType.Dgram
            ? SendAsync(fence, server, cancellationToken)
            : ConnectAsync(fence, server, cancellationToken);

    /// <summary>The mark is a connection; whoever meets it resets it.</summary>
    private async Task ConnectAsync(Fence fence, Socket server, CancellationToken cancellationToken)
    {
        using Socket mark = _streams.Take();
        mark.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task passed = fence.Raise(((IPEndPoint)mark.LocalEndPoint!).Port);
        // Not the framework's own way: the reset would be an exception at each drain.
        Native.BeginConnect(mark, (IPEndPoint)server.LocalEndPoint!);
        await passed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The mark is a datagram, from a socket that is used again: its port tells who waits.</summary>
    private async Task SendAsync(Fence fence, Socket server, CancellationToken cancellationToken)
    {
        Socket mark = _datagrams.TryTake(out Socket? idle) ? idle : Keep(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        });
        Task passed = fence.Raise(((IPEndPoint)mark.LocalEndPoint!).Port);
        mark.SendTo("mark"u8, SocketFlags.None, server.LocalEndPoint!);
        // One whose mark was not met is not used again: that mark may still come.
        await passed.WaitAsync(cancellationToken).ConfigureAwait(false);
        _datagrams.Add(mark);
    }

    public void Dispose()
    {
        _streams.Dispose();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static void Set(Socket socket, int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        socket.SetRawSocketOption(level, name, bytes);
    }

    private Socket Keep(Func<Socket> make)
    {
        Socket socket = inside.Run(make);
        _sockets.Add(socket);
        return socket;
    }
}
