using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Aurelian.Sandbox;

/// <summary>
/// Stream sockets of a network namespace, made some ahead: a connection does not wait for the namespace's thread, and
/// wakes it once for many. More are made before the last is taken.
/// </summary>
public sealed class SocketStock(NetworkNamespace inside) : IDisposable
{
    private const int Ahead = 16;

    private readonly ConcurrentQueue<Socket> _ready = new();
    private int _refilling;

    public Socket Take()
    {
        if (_ready.TryDequeue(out Socket? socket))
        {
            if (_ready.Count < Ahead / 2 && Interlocked.Exchange(ref _refilling, 1) == 0 && !inside.TryPost(Refill))
            {
                Volatile.Write(ref _refilling, 0);
            }

            return socket;
        }

        return inside.Run(() =>
        {
            Make(Ahead - 1);
            return New();
        });
    }

    /// <summary>What fails here fails again for whoever finds the stock empty, who is told.</summary>
    private void Refill()
    {
        try
        {
            Make(Ahead);
        }
        catch (SocketException)
        {
            // No descriptor is left.
        }

        Volatile.Write(ref _refilling, 0);
    }

    private void Make(int count)
    {
        for (; count > 0; count--)
        {
            _ready.Enqueue(New());
        }
    }

    private static Socket New() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public void Dispose()
    {
        while (_ready.TryDequeue(out Socket? socket))
        {
            socket.Dispose();
        }
    }
}
