using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>
/// The run's one clock: UTC derived from the monotonic clock and one reading of both, so that a clock stepped during a
/// run bends no time in its timeline. Timers and timestamps are the given provider's.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _utcAtStart = time.GetUtcNow();
    private readonly long _monotonicAtStart = MonotonicClock.NowNs;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => ToUtc(MonotonicClock.NowNs);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);

    internal DateTimeOffset ToUtc(long monotonicNs) =>
        _utcAtStart.AddTicks((monotonicNs - _monotonicAtStart) / TimeSpan.NanosecondsPerTick);
}
