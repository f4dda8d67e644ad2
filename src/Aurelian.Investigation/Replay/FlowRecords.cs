using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>The flows that were told of, bounded; those that ended are forgotten first come, first go.</summary>
internal sealed class FlowRecords
{
    private const int FlowsMax = 1 << 16;

    /// <summary>Longer is no host's name.</summary>
    private const int NameMax = 255;

    private readonly Dictionary<FlowId, ReplayFlow> _flows = [];
    private readonly Queue<FlowId> _order = new();

    internal ReplayFlow? Find(FlowId flow) => _flows.GetValueOrDefault(flow);

    internal void Observe(Fact fact, long record)
    {
        switch (fact)
        {
            case Fact.FlowOpened opened:
                Add(opened.Flow, new ReplayFlow(
                    opened.Source, opened.Destination, opened.Transport, null, opened.Name, record));
                break;
            case Fact.FlowClosed closed when !_flows.ContainsKey(closed.Flow):
                Add(closed.Flow, new ReplayFlow(
                    closed.Source, closed.Destination, closed.Transport, closed.Protocol, closed.Name, record));
                break;
            case Fact.ProtocolSeen seen when _flows.TryGetValue(seen.Flow, out ReplayFlow? flow):
                // Mining inside HTTP is mining.
                string protocol = seen.Protocol == ProtocolNames.Stratum ? seen.Protocol
                    : flow.Protocol ?? seen.Protocol;
                string? name = flow.Name
                    ?? (seen.Protocol is ProtocolNames.Tls or ProtocolNames.Http ? seen.Name : null);
                if (protocol != flow.Protocol || name != flow.Name)
                {
                    _flows[seen.Flow] = Cut(flow with { Protocol = protocol, Name = name });
                }

                break;
            case Fact.DnsAsked { Flow: { } id } when _flows.TryGetValue(id, out ReplayFlow? flow)
                && flow.Protocol != ProtocolNames.Dns:
                _flows[id] = flow with { Protocol = ProtocolNames.Dns, Name = flow.Name };
                break;
        }
    }

    /// <summary>The flow of an event, or where one that belongs to no flow points to.</summary>
    internal ReplayFlow? Of(EventBook.Entry entry)
    {
        Endpoint nowhere = new(System.Net.IPAddress.Any, 0);
        long record = entry.Record;
        ReplayFlow? flow = entry.Flow is { } id ? Find(id) : null;
        return entry.Fact switch
        {
            Fact.DnsAsked asked => flow is null ? null : flow with { Name = asked.Name },
            Fact.ProbeSeen probe =>
                new ReplayFlow(probe.Source, probe.Destination, probe.Transport, null, null, record),
            Fact.IcmpSeen icmp => new ReplayFlow(icmp.Source, icmp.Destination, Transport.Icmp, "icmp", null, record),
            Fact.PacketRefused refused =>
                new ReplayFlow(refused.Source, refused.Destination, refused.Transport, null, null, record),
            Fact.ConnectAttempted connect =>
                new ReplayFlow(nowhere, connect.Destination, connect.Transport, null, null, record),
            Fact.DatagramSent sent => new ReplayFlow(nowhere, sent.Destination, sent.Transport, null, null, record),
            _ => flow,
        };
    }

    private void Add(FlowId id, ReplayFlow flow)
    {
        if (!_flows.ContainsKey(id))
        {
            _order.Enqueue(id);
            if (_order.Count > FlowsMax)
            {
                _flows.Remove(_order.Dequeue());
            }
        }

        _flows[id] = Cut(flow);
    }

    private static ReplayFlow Cut(ReplayFlow flow) =>
        flow.Name is { Length: > NameMax } name ? flow with { Name = name[..NameMax] } : flow;
}
