using System.Net.Sockets;
using Aurelian.Sandbox;
using Aurelian.Simulation;

namespace Aurelian.Episodes;

/// <summary>A network namespace as the place of the simulated internet.</summary>
internal sealed class NamespacePlace(NetworkNamespace inside) : INetworkPlace, IDisposable
{
    private readonly SocketStock _sockets = new(inside);

    public T Run<T>(Func<T> action) => inside.Run(action);

    public Socket OpenStream() => _sockets.Take();

    public void SetUp(IEnumerable<string> lines) => IpBatch.Run(inside, lines);

    public void Dispose() => _sockets.Dispose();
}
