using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>One source's counters: received = processed + dropped.</summary>
internal sealed class SourceCount(string name, string how)
{
    private long _received, _dropped;
    private volatile string? _broken;

    internal SourceCoverage Coverage
    {
        get
        {
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return new SourceCoverage(
                name, _broken is null ? SourceState.Full : SourceState.Partial,
                _broken is null ? how : $"{how}; {_broken}", received, received - dropped, dropped, 0);
        }
    }

    internal void Receive(long count) => Interlocked.Add(ref _received, count);

    internal void Drop(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>For good: what happened meanwhile is not known.</summary>
    internal void Degrade(string what) => _broken ??= what;
}
