using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>
/// Where an episode was not let, one line a destination: by name where it has one, since names are what policies say.
/// </summary>
internal sealed class DeniedBook
{
    /// <summary>A scan has thousands; the timeline has them all, and an incident counts them.</summary>
    private const int DestinationsMax = 64;

    private readonly Dictionary<(string Where, int Port, Transport Transport), DeniedSummary> _destinations = [];
    private readonly List<(string Where, int Port, Transport Transport)> _order = [];

    internal void Observe(ToolCallId call, Fact fact)
    {
        switch (fact)
        {
            case Fact.FlowClosed { Allowed: false } closed:
                Add(call, closed.Destination, closed.Transport, closed.Name, closed.Protocol, closed.Reason);
                break;
            case Fact.PacketRefused refused:
                // A question's name is not that of whom it is put to.
                DatagramOpening? opening = refused.Opening;
                Add(call, refused.Destination, refused.Transport,
                    opening?.Protocol == ProtocolNames.Dns ? null : opening?.Name, opening?.Protocol, refused.Reason);
                break;
        }
    }

    internal IReadOnlyList<DeniedSummary> Build() => [.. _order.Select(each => _destinations[each])];

    private void Add(
        ToolCallId call, Endpoint destination, Transport transport, string? name, string? protocol, string reason)
    {
        string address = destination.Address.ToString();
        (string, int, Transport) where = (name ?? address, destination.Port, transport);
        if (_destinations.TryGetValue(where, out DeniedSummary? known))
        {
            _destinations[where] = known with
            {
                Attempts = known.Attempts + 1,
                Protocol = known.Protocol ?? protocol,
            };
        }
        else if (_order.Count < DestinationsMax)
        {
            bool hasPort = transport is Transport.Tcp or Transport.Udp;
            _destinations[where] = new DeniedSummary(
                name, address, hasPort ? destination.Port : null, transport, protocol, 1, call.Value, reason);
            _order.Add(where);
        }
    }
}
