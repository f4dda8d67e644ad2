using Aurelian.Sandbox;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>A network namespace as the simulated internet wants it.</summary>
internal sealed class NamespacePlace(NetworkNamespace space) : INetworkPlace
{
    public T Run<T>(Func<T> action) => space.Run(action);

    public void SetUp(IEnumerable<string> lines) => IpBatch.Run(space, lines);
}
