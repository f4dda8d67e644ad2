using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation;

/// <summary>No namespace: services of a unit test listen on 127.0.0.1, port 0.</summary>
internal sealed class LoopbackPlace : INetworkPlace
{
    public T Run<T>(Func<T> action) => action();

    public void SetUp(IEnumerable<string> lines) => throw new InvalidOperationException("Nothing may be set up.");
}
