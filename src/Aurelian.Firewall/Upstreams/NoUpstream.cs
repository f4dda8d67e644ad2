using System.Net;
using System.Net.Sockets;

namespace Aurelian.Firewall;

/// <summary>The default: nobody is there.</summary>
public sealed class NoUpstream : IUpstream
{
    public string Name => "none";

    public Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken) =>
        Task.FromResult<Socket?>(null);
}
