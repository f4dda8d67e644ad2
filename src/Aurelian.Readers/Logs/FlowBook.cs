using Aurelian.Events;

namespace Aurelian.Readers;

/// <summary>
/// Which of a log's flows were told of already: a log may speak of a flow before the record of the flow itself. The
/// oldest are forgotten beyond a bound; one that speaks again is then told of again, under the same id.
/// </summary>
internal sealed class FlowBook(ReadReport report)
{
    private const int FlowsMax = 65_536;

    private readonly HashSet<string> _known = [];
    private readonly Queue<string> _order = new();

    /// <summary>True the first time.</summary>
    internal bool TryAdd(FlowId flow)
    {
        if (!_known.Add(flow.Value))
        {
            return false;
        }

        _order.Enqueue(flow.Value);
        if (_order.Count > FlowsMax)
        {
            report.Evicted += _known.Remove(_order.Dequeue()) ? 1 : 0;
        }

        return true;
    }

    internal void Remove(FlowId flow) => _known.Remove(flow.Value);
}
