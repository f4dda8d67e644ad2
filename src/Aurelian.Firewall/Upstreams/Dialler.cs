using System.Net;
using System.Net.Sockets;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Connects an upstream's sockets on the proxy's own loop, where the connection is carried afterwards.
/// </summary>
public sealed class Dialler
{
    private readonly DescriptorLoop _loop;
    private LoopSocket? _connected;

    internal Dialler(DescriptorLoop loop) => _loop = loop;

    /// <summary>Throws <see cref="SocketException"/> when nobody answers there; then the socket
    /// is to be closed.</summary>
    public async ValueTask ConnectAsync(
        Socket socket, IPAddress address, int port, CancellationToken cancellationToken)
    {
        LoopSocket dialled = new(_loop, socket);
        try
        {
            await dialled.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            dialled.Leave();
            throw;
        }

        _connected = dialled;
    }

    /// <summary>The socket that an upstream gave, however it was connected.</summary>
    internal LoopSocket Take(Socket given) =>
        _connected is { } connected && connected.Socket == given ? connected : new LoopSocket(_loop, given);
}
