using System.Net;
using System.Net.Sockets;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// A server in a namespace of its own: port 443 reads to the end and answers, 444 sends many bytes, 445 answers the
/// first words with one byte, 446 reads slowly, so that everything before it fills.
/// </summary>
internal sealed class EgressServer : IDisposable
{
    internal const int Sink = 443, Source = 444, Word = 445, Slow = 446;
    internal const int PieceSize = 256 * 1024;

    private readonly List<Socket> _listeners = [];
    private readonly long _bytes;

    internal EgressServer(NetworkNamespace inside, long bytes)
    {
        _bytes = bytes;
        foreach ((int port, Action<Socket> serve) in new (int, Action<Socket>)[]
        {
            (Sink, Swallow), (Source, Pour), (Word, AnswerOnce), (Slow, ReadSlowly),
        })
        {
            Socket listener = inside.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream,
                ProtocolType.Tcp));
            listener.Bind(new IPEndPoint(IPAddress.Any, port));
            listener.Listen(1024);
            _listeners.Add(listener);
            new Thread(() => Accept(listener, serve)) { IsBackground = true, Name = $"server {port}" }.Start();
        }
    }

    /// <summary>The connection that is read slowly now.</summary>
    internal Socket? Slowly { get; private set; }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private static void Accept(Socket listener, Action<Socket> serve)
    {
        try
        {
            while (true)
            {
                Socket client = listener.Accept();
                new Thread(() => Serve(client, serve)) { IsBackground = true }.Start();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static void Serve(Socket client, Action<Socket> serve)
    {
        try
        {
            serve(client);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other side went away.
        }
    }

    private static void Swallow(Socket client)
    {
        using (client)
        {
            byte[] buffer = new byte[PieceSize];
            while (client.Receive(buffer) > 0)
            {
            }

            client.Send([1]);
        }
    }

    private static void AnswerOnce(Socket client)
    {
        using (client)
        {
            byte[] buffer = new byte[4096];
            client.NoDelay = true;
            client.Receive(buffer);
            client.Send([1]);
            client.Receive(buffer);
        }
    }

    private void Pour(Socket client)
    {
        using (client)
        {
            byte[] buffer = new byte[PieceSize];
            client.Receive(buffer);
            for (long left = _bytes; left > 0; left -= PieceSize)
            {
                client.Send(buffer);
            }
        }
    }

    private void ReadSlowly(Socket client)
    {
        Slowly = client;
        byte[] buffer = new byte[1024];
        while (client.Receive(buffer) > 0)
        {
            Thread.Sleep(100);
        }
    }
}
