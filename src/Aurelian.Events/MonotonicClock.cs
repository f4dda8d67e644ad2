using System.Diagnostics;

namespace Aurelian.Events;

/// <summary>
/// CLOCK_MONOTONIC in nanoseconds: the clock of kernel stamps (<c>bpf_ktime_get_ns</c>), proxy stamps and receipts
/// alike.
/// <see cref="Stopwatch"/> reads the same clock on Linux with a frequency of 10^9.
/// </summary>
public static class MonotonicClock
{
    public static long NowNs => Stopwatch.GetTimestamp();
}
