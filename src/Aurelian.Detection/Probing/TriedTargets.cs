using System.Collections.Immutable;
using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// The distinct targets that one actor tried within a window, counted by host and by port as they come and go.
/// </summary>
/// <param name="targetsMax">Above the thresholds; the oldest go first, and are counted.</param>
internal sealed class TriedTargets(TimeSpan window, int targetsMax)
{
    private readonly Queue<(long Ns, long Seq, Endpoint Target)> _order = new();
    private readonly HashSet<Endpoint> _targets = [];
    private readonly Dictionary<IPAddress, int> _portsOf = [];
    private readonly Dictionary<int, int> _hostsOf = [];
    private int _most;

    /// <summary>In bytes, of the room that was ever needed: it is not given back.</summary>
    internal long Weight => 400 + (200L * _most);

    /// <summary>False when the target was tried within the window already.</summary>
    /// <param name="holder">Who is to be suspected where that makes it forget, as <see cref="Evictions"/> has it.
    /// </param>
    internal bool TryAdd(Endpoint target, long ns, long seq, int holder)
    {
        while (_order.TryPeek(out (long Ns, long Seq, Endpoint Target) oldest)
            && (ns - oldest.Ns > window.TotalNanoseconds || (_order.Count >= targetsMax && !_targets.Contains(target))))
        {
            if (ns - oldest.Ns <= window.TotalNanoseconds)
            {
                Evictions.Count(holder, (double)_order.Count / targetsMax);
            }

            _order.Dequeue();
            _targets.Remove(oldest.Target);
            Count(_portsOf, oldest.Target.Address, -1);
            Count(_hostsOf, oldest.Target.Port, -1);
        }

        if (!_targets.Add(target))
        {
            return false;
        }

        _order.Enqueue((ns, seq, target));
        _most = Math.Max(_most, _order.Count);
        Count(_portsOf, target.Address, 1);
        Count(_hostsOf, target.Port, 1);
        return true;
    }

    internal bool Contains(Endpoint target) => _targets.Contains(target);

    internal int PortsOf(IPAddress address) => _portsOf.GetValueOrDefault(address);

    internal int HostsOf(int port) => _hostsOf.GetValueOrDefault(port);

    /// <summary>Hosts of the target's /24 (IPv6: /64) that were tried on the target's port.</summary>
    internal int NeighboursOf(Endpoint target)
    {
        Span<byte> near = stackalloc byte[16], each = stackalloc byte[16];
        target.Address.TryWriteBytes(near, out int length);
        int count = 0;
        foreach (Endpoint tried in _targets)
        {
            count += tried.Port == target.Port && tried.Address.TryWriteBytes(each, out int other) && other == length
                && near[..(length == 4 ? 3 : 8)].SequenceEqual(each[..(length == 4 ? 3 : 8)]) ? 1 : 0;
        }

        return count;
    }

    internal ImmutableArray<long> Evidence(int max) => [.. _order.TakeLast(max).Select(entry => entry.Seq)];

    private static void Count<TKey>(Dictionary<TKey, int> counts, TKey key, int by) where TKey : notnull
    {
        int count = counts.GetValueOrDefault(key) + by;
        if (count > 0)
        {
            counts[key] = count;
        }
        else
        {
            counts.Remove(key);
        }
    }
}
