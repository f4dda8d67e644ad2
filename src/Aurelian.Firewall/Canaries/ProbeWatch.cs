using System.Collections.Concurrent;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>Reads the firewall's own log for one sandbox while its canaries fly.</summary>
internal sealed class ProbeWatch(SandboxId sandbox, Action<ProbeWatch> onEnd) : IDisposable
{
    private readonly ConcurrentDictionary<IPAddress, long> _seen = new();
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<IPAddress> _wanted = [];

    internal SandboxId Sandbox => sandbox;

    /// <summary>Completes when the log has shown each of the addresses.</summary>
    internal Task SeesAsync(IReadOnlyList<IPAddress> addresses)
    {
        _wanted = addresses;
        Look();
        return _complete.Task;
    }

    internal bool HasSeen(IPAddress address) => _seen.ContainsKey(address);

    internal long BytesUpstream(IPAddress address) => _seen.GetValueOrDefault(address);

    internal void Read(Fact fact)
    {
        (IPAddress? address, long upstream) = fact switch
        {
            Fact.FlowClosed closed => (closed.Destination.Address, closed.BytesUpstream),
            Fact.PacketRefused refused => (refused.Destination.Address, 0),
            _ => (null, 0L),
        };
        if (address is not null)
        {
            _seen.AddOrUpdate(address, upstream, (_, before) => before + upstream);
            Look();
        }
    }

    public void Dispose() => onEnd(this);

    private void Look()
    {
        if (_wanted is { Count: > 0 } wanted && wanted.All(HasSeen))
        {
            _complete.TrySetResult();
        }
    }
}
