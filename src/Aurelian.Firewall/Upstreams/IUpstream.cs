using System.Net;
using System.Net.Sockets;

namespace Aurelian.Firewall;

/// <summary>Where allowed bytes go. Asked only for what a rule allows, after every check on this side.</summary>
public interface IUpstream
{
    /// <summary><c>none</c>, <c>simulated</c> or <c>host</c>.</summary>
    string Name { get; }

    /// <summary>A connected socket, or null when nobody answers there.</summary>
    /// <param name="name">The name to resolve; null: <paramref name="address"/> itself was allowed.</param>
    /// <param name="dialler">Connects a socket; one that was connected otherwise serves too.</param>
    Task<Socket?> ConnectAsync(
        string? name, IPAddress address, int port, Dialler dialler, CancellationToken cancellationToken);
}
