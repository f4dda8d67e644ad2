namespace Aurelian.Events;

/// <summary>
/// One line of a run's timeline. Sequence and time are given once, by the sequencer; the same events in the same order
/// give the same findings.
/// </summary>
/// <param name="Seq">Position in the run, from 1, without holes.</param>
/// <param name="Time">UTC, derived from <paramref name="MonotonicNs"/> and the run's one reading of both
/// clocks.</param>
/// <param name="MonotonicNs">CLOCK_MONOTONIC when it happened (the kernel's or the proxy's stamp), nanoseconds.</param>
public sealed record Event(long Seq, DateTimeOffset Time, long MonotonicNs, Subject Subject, Fact Fact);

/// <summary>What a source saw, before the sequencer gave it its place.</summary>
public readonly record struct Observation(long MonotonicNs, Subject Subject, Fact Fact);
