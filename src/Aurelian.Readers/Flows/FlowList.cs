namespace Aurelian.Readers;

/// <summary>Flows of one kind by when something was last seen of them; the oldest is the first to go.</summary>
internal sealed class FlowList(long idleNs)
{
    private Flow? _newest;

    internal Flow? Oldest { get; private set; }

    internal bool IsOverdue(long nowNs) => Oldest is { } oldest && nowNs - oldest.LastNs > idleNs;

    internal void Add(Flow flow)
    {
        flow.List = this;
        flow.Older = _newest;
        flow.Newer = null;
        if (_newest is null)
        {
            Oldest = flow;
        }
        else
        {
            _newest.Newer = flow;
        }

        _newest = flow;
    }

    internal void Remove(Flow flow)
    {
        if (flow.Older is { } older)
        {
            older.Newer = flow.Newer;
        }
        else
        {
            Oldest = flow.Newer;
        }

        if (flow.Newer is { } newer)
        {
            newer.Older = flow.Older;
        }
        else
        {
            _newest = flow.Older;
        }

        (flow.Older, flow.Newer, flow.List) = (null, null, null);
    }

    internal void Touch(Flow flow)
    {
        if (flow != _newest)
        {
            Remove(flow);
            Add(flow);
        }
    }
}
