using System.Collections;

namespace Aurelian.Readers;

/// <summary>
/// Puts fragmented IP packets together (RFC 791 §3.2, RFC 8200 §4.5), bounded in number, size and time. Where fragments
/// overlap, what came first stays.
/// </summary>
internal sealed class Fragments
{
    private const int PacketMax = 65_535, PacketsMax = 64;
    private const long PatienceNs = 30_000_000_000;

    private readonly Dictionary<(UInt128, UInt128, uint, byte), Assembly> _open = [];
    private readonly Queue<((UInt128, UInt128, uint, byte) Key, Assembly Assembly)> _order = new();
    private readonly Stack<Assembly> _free = new();

    /// <summary>True when the fragment completes its packet; the payload is valid until the next call.</summary>
    internal bool TryAdd(scoped in IpPacket packet, long ns, ReadReport report, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        while (_order.TryPeek(out var oldest)
            && (_order.Count >= PacketsMax || ns - oldest.Assembly.StartedNs > PatienceNs))
        {
            _order.Dequeue();
            if (_open.TryGetValue(oldest.Key, out Assembly? left) && left == oldest.Assembly)
            {
                _open.Remove(oldest.Key);
                report.Evicted++;
            }

            _free.Push(oldest.Assembly);
        }

        var key = (packet.Source, packet.Destination, packet.FragmentId, packet.Protocol);
        if (!_open.TryGetValue(key, out Assembly? assembly))
        {
            assembly = _free.TryPop(out Assembly? used) ? used : new Assembly();
            assembly.Start(ns);
            _open.Add(key, assembly);
            _order.Enqueue((key, assembly));
        }

        if (!assembly.TryAdd(packet.FragmentOffset, packet.Payload, packet.MoreFragments))
        {
            return false;
        }

        // Its buffer is given back when its turn in the queue comes.
        _open.Remove(key);
        payload = assembly.Whole;
        return true;
    }

    private sealed class Assembly
    {
        private readonly byte[] _bytes = new byte[PacketMax];
        private readonly BitArray _eighths = new((PacketMax / 8) + 1);
        private int _length = -1;
        private int _have;

        internal long StartedNs { get; private set; }

        internal ReadOnlySpan<byte> Whole => _bytes.AsSpan(0, _length);

        internal void Start(long ns)
        {
            StartedNs = ns;
            _eighths.SetAll(false);
            (_length, _have) = (-1, 0);
        }

        internal bool TryAdd(int offset, ReadOnlySpan<byte> payload, bool more)
        {
            if (offset + payload.Length > PacketMax || (more && payload.Length % 8 != 0))
            {
                return false;
            }

            if (!more && _length < 0)
            {
                _length = offset + payload.Length;
            }

            for (int at = 0; at < payload.Length; at += 8)
            {
                int eighth = (offset + at) / 8;
                if (!_eighths[eighth])
                {
                    _eighths[eighth] = true;
                    _have++;
                    payload[at..Math.Min(at + 8, payload.Length)].CopyTo(_bytes.AsSpan(offset + at));
                }
            }

            return _length >= 0 && _have >= (_length + 7) / 8;
        }
    }
}
