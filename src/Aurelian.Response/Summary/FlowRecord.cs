using Aurelian.Events;

namespace Aurelian.Response;

/// <summary>One connection as the timeline has told it so far.</summary>
internal sealed class FlowRecord(Fact.FlowOpened opened, long openedNs)
{
    private Fact.FlowClosed? _closed;
    private string? _protocol;

    internal long OpenedNs => openedNs;

    internal Endpoint Destination => opened.Destination;

    internal void Observe(Fact fact)
    {
        switch (fact)
        {
            case Fact.ProtocolSeen seen:
                // Mining inside HTTP is mining.
                _protocol = _protocol is null || seen.Protocol == ProtocolNames.Stratum ? seen.Protocol : _protocol;
                break;
            case Fact.FlowClosed closed:
                _closed = closed;
                break;
        }
    }

    internal FlowSummary Build() => new(
        opened.Destination.Address.ToString(), opened.Destination.Port, opened.Transport,
        _closed?.Protocol ?? _protocol, opened.Name, _closed?.BytesOffered ?? 0, _closed?.BytesUpstream ?? 0,
        _closed?.BytesBack ?? 0);
}
