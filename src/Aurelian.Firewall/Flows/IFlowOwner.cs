using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>
/// Whose process opened a connection. The proxy asks when it accepts, so that a flow's events carry their tool call.
/// The BPF sensor answers exactly; without it, the answer is the call running in the sandbox, marked approximate.
/// </summary>
public interface IFlowOwner
{
    /// <summary>Never blocks for longer than a map lookup.</summary>
    FlowOwner? Find(Endpoint source, Endpoint destination, Transport transport);
}

/// <param name="Subject">Sandbox, born call and pid (as seen from the host).</param>
/// <param name="Exact">By cgroup and socket, not by the time window.</param>
public readonly record struct FlowOwner(Subject Subject, bool Exact);
