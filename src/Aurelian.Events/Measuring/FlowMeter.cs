namespace Aurelian.Events;

/// <summary>
/// Measures both directions of a flow, live and in captures alike: a few numbers, whatever the flow carries.
/// </summary>
public sealed class FlowMeter(long openedNs)
{
    /// <summary>How often a flow that carries payload is told of.</summary>
    public const long EveryNs = 10_000_000_000;

    private const long SilenceNs = 1_000_000_000;

    /// <summary>A window adjustment or a typed letter of SSH is smaller, with what the cipher adds.</summary>
    private const int AnswerBytesMin = 120;

    private MessageMeter _out, _back;
    private long _measuredNs = openedNs, _lastNs = openedNs, _brokenNs;
    private int _outFirst, _backFirst, _answered;
    private bool _awaited;

    public long BytesOut => _out.BytesInAll;

    public long BytesBack => _back.BytesInAll;

    public bool IsEmpty => _out.IsEmpty && _back.IsEmpty;

    public bool IsDue(long ns) => ns - _measuredNs >= EveryNs;

    /// <param name="ns">When it was seen.</param>
    public void Add(bool fromClient, long ns, int bytes)
    {
        if (ns - _lastNs >= SilenceNs)
        {
            (_awaited, _brokenNs) = (!fromClient, ns);
            _outFirst += fromClient ? 1 : 0;
            _backFirst += fromClient ? 0 : 1;
        }
        else if (fromClient && _awaited && bytes >= AnswerBytesMin && ns - _brokenNs < SilenceNs)
        {
            _answered++;
            _awaited = false;
        }

        _lastNs = Math.Max(_lastNs, ns);
        if (fromClient)
        {
            _out.Add(ns, bytes);
        }
        else
        {
            _back.Add(ns, bytes);
        }
    }

    /// <summary>What was done since the last call.</summary>
    /// <param name="endNs">Where the stretch ends: now, or the last that was seen.</param>
    public Fact.FlowMeasured Take(
        long ns, long endNs, FlowId flow, Endpoint source, Endpoint destination, Transport transport, string? name,
        string? protocol)
    {
        Fact.FlowMeasured measured = new(
            flow, source, destination, transport, name, protocol, Math.Max(0, endNs - _measuredNs) / 1e9,
            _out.Take(), _back.Take(), new Initiative(_outFirst, _backFirst, _answered));
        (_measuredNs, _outFirst, _backFirst, _answered) = (ns, 0, 0, 0);
        return measured;
    }

    /// <summary>Nothing to tell: the next stretch begins now.</summary>
    public void Skip(long ns) => _measuredNs = ns;
}
