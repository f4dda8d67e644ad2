using System.Globalization;
using Aurelian.Events;
using Aurelian.Protocols;

namespace Aurelian.Readers;

/// <summary>Turns what happens to a capture's flows into facts.</summary>
internal sealed class FlowTeller(ReadReport report)
{
    private readonly List<Sighting> _sightings = [];

    /// <summary>Told and not yet handed on.</summary>
    internal List<Reading> Readings { get; } = [];

    /// <summary>The number of the packet that is looked at.</summary>
    internal long Record { get; set; }

    internal List<Sighting> Sightings => _sightings;

    internal void Opened(Flow flow)
    {
        flow.Id = new FlowId(string.Create(CultureInfo.InvariantCulture, $"{report.Source}.f{flow.Number}"));
        Tell(flow.FirstNs, flow.FirstRecord,
            new Fact.FlowOpened(flow.Id.Value, flow.Source, flow.Destination, flow.Transport, flow.Name));
    }

    internal void Saw(Flow flow, long ns)
    {
        foreach (Sighting sighting in _sightings)
        {
            flow.Protocol = flow.Sight?.Protocol ?? sighting.Protocol;
            flow.Name ??= sighting is { FromClient: true, Protocol: ProtocolNames.Tls or ProtocolNames.Http }
                ? sighting.Name : null;
            Tell(ns, Record, new Fact.ProtocolSeen(
                flow.Id!.Value, sighting.Protocol, sighting.FromClient ? FlowDirection.Client : FlowDirection.Server,
                sighting.Method, sighting.Name, sighting.Traits));
        }

        _sightings.Clear();
    }

    /// <summary>Tells what the flow did since it was last measured, when that is long enough ago.</summary>
    internal void Measure(Flow flow, long ns)
    {
        if (flow.Meter.IsDue(ns))
        {
            MeasureNow(flow, ns);
        }
    }

    internal void Closed(Flow flow, long ns)
    {
        MeasureNow(flow, ns);
        Tell(ns, Record, new Fact.FlowClosed(
            flow.Id!.Value, flow.Source, flow.Destination, flow.Transport, flow.Name, flow.Protocol,
            flow.Meter.BytesOut, flow.Meter.BytesOut, flow.Meter.BytesBack,
            Stamps.ToUtc(flow.FirstNs), Stamps.ToUtc(flow.LastNs), Allowed: true, "seen in a capture"));
    }

    internal void Probed(Flow flow, string flags, bool answered) => Tell(flow.FirstNs, flow.FirstRecord,
        new Fact.ProbeSeen(flow.Source, flow.Destination, flow.Transport, flags, answered));

    internal void Tell(long ns, long record, Fact fact) =>
        Readings.Add(new Reading(record, new Observation(ns, default, fact)));

    private void MeasureNow(Flow flow, long ns)
    {
        if (flow.Meter.IsEmpty)
        {
            flow.Meter.Skip(ns);
            return;
        }

        Tell(ns, Record, flow.Meter.Take(
            ns, Math.Min(ns, flow.LastNs), flow.Id!.Value, flow.Source, flow.Destination, flow.Transport, flow.Name,
            flow.Protocol));
    }
}
