using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.Readers;

/// <summary>
/// The conversations of one capture: found by their ends, forgotten when idle, bounded in number and in what their
/// first bytes take.
/// </summary>
internal sealed class FlowTable(ReadReport report, FlowTeller teller)
{
    private const int FlowsMax = 32_768;

    /// <summary>First kilobytes kept of all flows together; the oldest flow's go first.</summary>
    private const long ShownMax = 64 * 1024 * 1024;

    private const long Second = 1_000_000_000;

    private readonly Dictionary<FlowKey, Flow> _flows = [];
    // How long a silent flow is remembered: a refused SYN is answered in seconds, a session may think for minutes.
    private readonly FlowList _short = new(5 * Second);
    private readonly FlowList _datagrams = new(60 * Second);
    private readonly FlowList _streams = new(600 * Second);
    private readonly Queue<Flow> _sights = new();
    private long _shown;
    private long _numbers;

    internal RecentAddresses Addresses { get; } = new();

    /// <summary>The capture's time: it never runs backwards.</summary>
    internal long NowNs { get; private set; }

    internal Flow? Find(in FlowKey key) => _flows.GetValueOrDefault(key);

    internal void PassTime(long ns)
    {
        NowNs = Math.Max(NowNs, ns);
        while (_short.IsOverdue(NowNs))
        {
            Forget(_short.Oldest!);
        }

        while (_datagrams.IsOverdue(NowNs))
        {
            Forget(_datagrams.Oldest!);
        }

        while (_streams.IsOverdue(NowNs))
        {
            Forget(_streams.Oldest!);
        }
    }

    internal Flow Add(in FlowKey key, bool clientIsLow, Transport transport, long record)
    {
        if (_flows.Count >= FlowsMax)
        {
            report.Evicted++;
            Forget(_short.Oldest ?? _datagrams.Oldest ?? _streams.Oldest!);
        }

        Flow flow = new(
            key, clientIsLow, transport, ++_numbers, NowNs, record, Addresses.Of(key.LowAddress),
            Addresses.Of(key.HighAddress));
        _flows.Add(key, flow);
        _short.Add(flow);
        return flow;
    }

    /// <summary>The conversation takes place: from here on it is told of.</summary>
    internal void Open(Flow flow, bool look)
    {
        flow.Stage = FlowStage.Open;
        Move(flow, flow.Transport == Transport.Tcp ? _streams : _datagrams);
        if (look)
        {
            flow.Sight = new StreamSight();
            _sights.Enqueue(flow);
        }

        teller.Opened(flow);
    }

    internal void Touch(Flow flow)
    {
        flow.LastNs = NowNs;
        flow.List!.Touch(flow);
    }

    internal void End(Flow flow)
    {
        Drop(flow);
        teller.Closed(flow, NowNs);
        flow.Stage = FlowStage.Ended;
        Move(flow, _short);
    }

    internal void Forget(Flow flow)
    {
        flow.List!.Remove(flow);
        _flows.Remove(flow.Key);
        Drop(flow);
        if (flow.Stage == FlowStage.Asked)
        {
            teller.Probed(flow, "S", answered: false);
        }
        else if (flow.Stage == FlowStage.Open)
        {
            teller.Closed(flow, NowNs);
        }
    }

    /// <summary>The file ends: everything that is still open is told of as far as it was seen.</summary>
    internal void ForgetAll()
    {
        foreach (FlowList list in new[] { _short, _datagrams, _streams })
        {
            while (list.Oldest is { } oldest)
            {
                Forget(oldest);
            }
        }
    }

    /// <summary>Accounts for bytes shown to a flow's sight.</summary>
    internal void Show(FlowSide side, int bytes)
    {
        side.Shown += bytes;
        _shown += bytes;
        while (_shown > ShownMax && _sights.TryDequeue(out Flow? oldest))
        {
            report.Evicted += oldest.Sight is null ? 0 : 1;
            Drop(oldest);
        }
    }

    /// <summary>The flow's first bytes have said what they can.</summary>
    internal void Drop(Flow flow)
    {
        if (flow.Sight is null)
        {
            return;
        }

        flow.Sight.Release();
        flow.Sight = null;
        _shown -= flow.Client.Shown + flow.Server.Shown;
        (flow.Client.Waiting, flow.Server.Waiting) = (null, null);
        // Sights that ended in the middle of the queue are let go when they come to its front, and no later than here.
        while (_sights.TryPeek(out Flow? oldest) && oldest.Sight is null)
        {
            _sights.Dequeue();
        }
    }

    private void Move(Flow flow, FlowList list)
    {
        flow.List!.Remove(flow);
        list.Add(flow);
        flow.LastNs = NowNs;
    }
}
