using Aurelian.Sandbox;
using Aurelian.Simulation;

namespace Aurelian.Episodes;

/// <summary>A network namespace as the place of the simulated internet.</summary>
internal sealed class NamespacePlace(NetworkNamespace inside) : INetworkPlace
{
    public T Run<T>(Func<T> action) => inside.Run(action);

    public void SetUp(IEnumerable<string> lines) => IpBatch.Run(inside, lines);
}
