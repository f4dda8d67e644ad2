using System.Net.Sockets;

namespace Aurelian.Simulation;

/// <summary>
/// Where the simulated internet lives. A socket belongs to the network namespace of the thread that made it, and a
/// child process to that of the thread that started it: both happen inside <see cref="Run{T}"/> and are used from
/// anywhere.
/// </summary>
public interface INetworkPlace
{
    /// <summary>Runs <paramref name="action"/> inside the namespace and gives its result or its exception.</summary>
    T Run<T>(Func<T> action);

    /// <summary>A TCP socket of the namespace, not connected yet.</summary>
    Socket OpenStream() => Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    /// <summary>Sets up interfaces and routes by lines of <c>ip -batch</c>.</summary>
    void SetUp(IEnumerable<string> lines);
}
