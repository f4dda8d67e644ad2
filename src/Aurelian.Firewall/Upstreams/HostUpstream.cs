using System.Net;
using System.Net.Sockets;

namespace Aurelian.Firewall;

/// <summary>
/// The real network, by explicit setting. A name is resolved here and now, and private, loopback, link-local and
/// metadata addresses, and the machine's own, are refused just before the connection, so that no answer leads inside
/// (rebinding).
/// </summary>
/// <param name="resolve">Asked at every dial, and what it says is dialled at once: nothing lies in between.</param>
/// <param name="open">Makes a socket where connections leave from.</param>
public sealed class HostUpstream(
    Func<string, CancellationToken, Task<IPAddress[]>> resolve, Func<AddressFamily, SocketType, Socket> open)
    : IUpstream
{
    private const int DiscardPort = 9;

    public HostUpstream()
        : this(Dns.GetHostAddressesAsync, (family, type) => new Socket(family, type, ProtocolType.Unspecified))
    {
    }

    public string Name => "host";

    public async Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken)
    {
        IPAddress[] candidates = name is null
            ? [address]
            : await resolve(name, cancellationToken).ConfigureAwait(false);
        foreach (IPAddress candidate in candidates)
        {
            // A network that the policy names by number was the user's own choice.
            if (name is not null && (SpecialAddresses.IsInside(candidate) || IsOwn(candidate)))
            {
                continue;
            }

            Socket socket = open(candidate.AddressFamily, SocketType.Stream);
            try
            {
                socket.NoDelay = true;
                await dialler.ConnectAsync(socket, candidate, port, cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether an address is this machine's: what is sent there would leave from the same address. Connecting a
    /// datagram socket asks the kernel for the route and sends nothing.
    /// </summary>
    private bool IsOwn(IPAddress candidate)
    {
        using Socket probe = open(candidate.AddressFamily, SocketType.Dgram);
        try
        {
            probe.Connect(candidate, DiscardPort);
            return ((IPEndPoint)probe.LocalEndPoint!).Address.Equals(candidate);
        }
        catch (SocketException)
        {
            return false; // no route: nobody is there
        }
    }
}
