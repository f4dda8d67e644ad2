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

    private readonly List<Socket> _sockets = [];

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
    internal async Task PassAsync(Fence fence, Socket server, CancellationToken cancellationToken)
    {
        using Socket mark = inside.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, server.SocketType, server.ProtocolType);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        });
        Task passed = fence.Raise(((IPEndPoint)mark.LocalEndPoint!).Port);
        try
        {
            await mark.ConnectAsync(server.LocalEndPoint!, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The proxy met the mark and reset it before our side had noticed the connection.
        }

        if (server.SocketType == SocketType.Dgram)
        {
            await mark.SendAsync("mark"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }

        await passed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
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
