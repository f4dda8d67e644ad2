using System.Collections.Concurrent;
using System.Net;
using Aurelian.Events;
using Aurelian.Firewall;

namespace Aurelian.Episodes;

/// <summary>
/// Without a kernel sensor a connection is laid to the call that runs in its sandbox at the time: approximate,
/// without a process, and wrong for what an earlier call left running.
/// </summary>
internal sealed class ActiveCallOwner : IFlowOwner
{
    private readonly ConcurrentDictionary<IPAddress, Subject> _active = new();

    internal void Set(IPAddress address, Subject subject) => _active[address] = subject;

    internal void Clear(IPAddress address) => _active.TryRemove(address, out _);

    public FlowOwner? Find(Endpoint source, Endpoint destination, Transport transport) =>
        _active.TryGetValue(source.Address, out Subject subject) ? new FlowOwner(subject, Exact: false) : null;
}
