namespace Aurelian.Events;

/// <summary>Measures one direction's messages without keeping them (mean and deviation by Welford's method).</summary>
internal struct MessageMeter
{
    private long _messages;
    private long _bytes;
    private int _bytesMax;
    private long _gaps;
    private double _mean;
    private double _squares;
    private double _gapMax;
    private long _lastNs;

    /// <summary>Since the flow began.</summary>
    internal long BytesInAll { get; private set; }

    internal readonly bool IsEmpty => _messages == 0;

    internal void Add(long ns, int bytes)
    {
        // Time that runs backwards in a capture is no gap.
        double gap = _lastNs == 0 ? 0 : Math.Max(0, ns - _lastNs) / 1e9;
        if (_lastNs != 0)
        {
            _gaps++;
            double from = gap - _mean;
            _mean += from / _gaps;
            _squares += from * (gap - _mean);
            _gapMax = Math.Max(_gapMax, gap);
        }

        _lastNs = Math.Max(_lastNs, ns);
        _messages++;
        _bytes += bytes;
        BytesInAll += bytes;
        _bytesMax = Math.Max(_bytesMax, bytes);
    }

    /// <summary>What came since the last call. The last message stays the beginning of the next gap.</summary>
    internal MessageShape Take()
    {
        MessageShape shape = new(
            _messages, _bytes, _bytesMax, _mean, _gaps > 1 ? Math.Sqrt(_squares / _gaps) : 0, _gapMax);
        this = new MessageMeter { _lastNs = _lastNs, BytesInAll = BytesInAll };
        return shape;
    }
}
