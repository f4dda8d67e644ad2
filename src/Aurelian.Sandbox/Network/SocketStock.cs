using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Aurelian.Sandbox;

/// <summary>
/// Stream sockets of a network namespace, made some ahead: a connection does not wait for the namespace's thread, and
/// wakes it once for many.
/// </summary>
public sealed class SocketStock(NetworkNamespace inside) : IDisposable
{
    private const int Ahead = 16;

    private readonly ConcurrentQueue<Socket> _ready = new();

    public Socket Take()
    {
        if (_ready.TryDequeue(out Socket? socket))
        {
            return socket;
        }

        Socket[] made = inside.Run(() => Enumerable.Range(0, Ahead).Select(_ =>
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray());
        foreach (Socket each in made[1..])
        {
            _ready.Enqueue(each);
        }

        return made[0];
    }

    public void Dispose()
    {
        while (_ready.TryDequeue(out Socket? socket))
        {
            socket.Dispose();
        }
    }
}
