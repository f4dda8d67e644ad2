using System.Collections.Concurrent;
using System.Net;

namespace Aurelian.Sandbox;

/// <summary>
/// Ready network slots, recycled between sandboxes and never deleted while the run lasts (deleting a veth costs 20 ms;
/// closing the gateway's namespace at the end takes all of them at once).
/// </summary>
public sealed class NetworkSlotPool : IDisposable
{
    private const int BatchSize = 16;

    private readonly ConcurrentQueue<NetworkSlot> _free = new();
    private readonly List<NetworkSlot> _all = [];
    private readonly Lock _growing = new();
    private readonly NetworkNamespace _gateway;
    private readonly int _slotsMax;

    private NetworkSlotPool(NetworkNamespace gateway, int slotsMax)
    {
        _gateway = gateway;
        _slotsMax = Math.Min(slotsMax, SlotAddresses.SlotsMax);
    }

    public int Free => _free.Count;

    /// <summary>Makes the first slots; more follow by need, up to <paramref name="slotsMax"/>.</summary>
    public static NetworkSlotPool Start(NetworkNamespace gateway, int count, int slotsMax)
    {
        NetworkSlotPool pool = new(gateway, slotsMax);
        pool.Grow(count);
        return pool;
    }

    public NetworkSlot Acquire()
    {
        while (true)
        {
            if (_free.TryDequeue(out NetworkSlot? slot))
            {
                return slot;
            }

            Grow(1);
        }
    }

    /// <summary>Gives a slot back; no process of its sandbox may be alive.</summary>
    public void Release(NetworkSlot slot) => _free.Enqueue(slot);

    public void Dispose()
    {
        foreach (NetworkSlot slot in _all)
        {
            slot.Namespace.Dispose();
        }
    }

    private void Grow(int count)
    {
        lock (_growing)
        {
            if (count == 1 && !_free.IsEmpty)
            {
                return;
            }

            if (_all.Count + count > _slotsMax)
            {
                throw new SandboxException(
                    SandboxFailure.BadSetting,
                        $"All {_slotsMax} network slots are in use; run fewer sandboxes at once.");
            }

            while (count > 0)
            {
                int size = Math.Min(count, BatchSize);
                Make(size);
                count -= size;
            }
        }
    }

    private void Make(int count)
    {
        NetworkSlot[] made = [.. Enumerable.Range(_all.Count, count).Select(index => new NetworkSlot(
            index, NetworkNamespace.Create($"slot {index}"), $"s{index}", SlotAddresses.Sandbox(index),
            SlotAddresses.Gateway(index), IPAddress.Parse(Skeleton.Nameserver)))];
        IpBatch.Run(_gateway, made.SelectMany(GatewayEnd));
        foreach (NetworkSlot slot in made)
        {
            IpBatch.Run(slot.Namespace, SandboxEnd(slot));
            _all.Add(slot);
            _free.Enqueue(slot);
        }
    }

    /// <summary>Neighbours are fixed, so nothing is asked for and nothing can be claimed by ARP.</summary>
    private static IEnumerable<string> GatewayEnd(NetworkSlot slot) =>
    [
        $"link add {slot.GatewayInterface} address {SlotAddresses.LinkAddress(slot.Index, 1)} type veth "
            + $"peer name eth0 address {SlotAddresses.LinkAddress(slot.Index, 2)} netns {slot.Namespace.ThreadId}",
        $"addr add {slot.Gateway}/30 dev {slot.GatewayInterface}",
        $"addr add {SlotAddresses.GatewaySix(slot.Index)}/64 dev {slot.GatewayInterface} nodad",
        $"link set {slot.GatewayInterface} arp off up",
        $"neigh replace {slot.Address} lladdr {SlotAddresses.LinkAddress(slot.Index, 2)} dev {slot.GatewayInterface} "
            + "nud permanent",
        $"neigh replace {SlotAddresses.SandboxSix(slot.Index)} lladdr {SlotAddresses.LinkAddress(slot.Index, 2)} "
            + $"dev {slot.GatewayInterface} nud permanent",
    ];

    private static IEnumerable<string> SandboxEnd(NetworkSlot slot) =>
    [
        "link set lo up",
        $"addr add {slot.Address}/30 dev eth0",
        $"addr add {SlotAddresses.SandboxSix(slot.Index)}/64 dev eth0 nodad",
        "link set eth0 up",
        $"neigh replace {slot.Gateway} lladdr {SlotAddresses.LinkAddress(slot.Index, 1)} dev eth0 nud permanent",
        $"neigh replace {SlotAddresses.GatewaySix(slot.Index)} lladdr {SlotAddresses.LinkAddress(slot.Index, 1)} "
            + "dev eth0 nud permanent",
        $"route add default via {slot.Gateway} dev eth0",
        $"route add ::/0 via {SlotAddresses.GatewaySix(slot.Index)} dev eth0",
    ];
}
