using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Firewall;

/// <summary>
/// An upstream stand-in: whoever is dialled lives in a namespace of the test's own, answers "hello" to the first bytes
/// and keeps what it was told.
/// </summary>
public sealed class OutsideServer : IUpstream, IDisposable
{
    private readonly NetworkNamespace _inside = NetworkNamespace.Create("outside");
    private readonly Socket _listener;

    public OutsideServer()
    {
        IpBatch.Run(_inside, ["link set lo up"]);
        _listener = _inside.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            return socket;
        });
        _ = Task.Run(ServeAsync);
    }

    public string Name => "test";

    /// <summary>Dialled as (name, port).</summary>
    public ConcurrentQueue<(string? Name, int Port)> Dialled { get; } = new();

    public StringBuilder Told { get; } = new();

    public string ReadTold()
    {
        lock (Told)
        {
            return Told.ToString();
        }
    }

    public async Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken)
    {
        Dialled.Enqueue((name, port));
        Socket socket = _inside.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(_listener.LocalEndPoint!, cancellationToken);
        return socket;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _inside.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync();
                _ = Task.Run(() => AnswerAsync(client));
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        using (client)
        {
            byte[] buffer = new byte[65536];
            try
            {
                for (int read = await client.ReceiveAsync(buffer); read > 0; read = await client.ReceiveAsync(buffer))
                {
                    lock (Told)
                    {
                        Told.Append(Encoding.Latin1.GetString(buffer, 0, read));
                    }

                    await client.SendAsync("hello"u8.ToArray());
                }
            }
            catch (SocketException)
            {
                // Reset by the other side.
            }
        }
    }
}
