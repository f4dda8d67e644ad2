using System.Collections.Concurrent;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>Who is admitted, by sandbox, by source address and by interface.</summary>
internal sealed class GatewayState
{
    private readonly ConcurrentDictionary<SandboxId, Admission> _bySandbox = new();
    private readonly ConcurrentDictionary<IPAddress, Admission> _bySource = new();
    private readonly ConcurrentDictionary<uint, Admission> _byInterface = new();

    internal Endpoint NameserverEndpoint { get; } = new(IPAddress.Parse(GatewayRules.Nameserver), 53);

    internal ICollection<Admission> All => _bySandbox.Values;

    internal void Add(SandboxId sandbox, uint interfaceIndex, Admission admission)
    {
        _bySandbox[sandbox] = admission;
        _bySource[admission.Slot.Address] = admission;
        _byInterface[interfaceIndex] = admission;
    }

    internal Admission? Find(SandboxId sandbox) => _bySandbox.GetValueOrDefault(sandbox);

    internal Admission? FindBySource(IPAddress address) => _bySource.GetValueOrDefault(address);

    internal Admission? FindByInterface(uint index) => _byInterface.GetValueOrDefault(index);

    internal Admission? FindByInterface(string name) =>
        _byInterface.Values.FirstOrDefault(admission => admission.Slot.GatewayInterface == name);

    /// <summary>Whether the slot is this sandbox's still: another may have it by now.</summary>
    internal bool Holds(Admission admission) => FindBySource(admission.Slot.Address) == admission;

    /// <summary>
    /// Takes a sandbox out. What its interface still brings is its own until the slot's next sandbox is admitted.
    /// </summary>
    internal void Remove(SandboxId sandbox, Admission admission)
    {
        _bySandbox.TryRemove(new KeyValuePair<SandboxId, Admission>(sandbox, admission));
        _bySource.TryRemove(new KeyValuePair<IPAddress, Admission>(admission.Slot.Address, admission));
    }
}
