using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>What all flows of a run share: the upstream, and UTC for monotonic stamps.</summary>
internal sealed class RunTime(IUpstream upstream, TimeProvider time)
{
    private readonly DateTimeOffset _utcAtStart = time.GetUtcNow();
    private readonly long _monotonicAtStart = MonotonicClock.NowNs;

    internal TimeProvider Time { get; } = time;

    internal IUpstream Upstream { get; } = upstream;

    internal DateTimeOffset ToUtc(long monotonicNs) =>
        _utcAtStart.AddTicks((monotonicNs - _monotonicAtStart) / TimeSpan.NanosecondsPerTick);
}
