using Aurelian.Events;

namespace Aurelian.Sandbox;

/// <summary>Refused system calls as observations, counted.</summary>
internal sealed class RefusalLog(IObservationSink sink, RuntimeConfig runtime)
{
    private long _received;
    private long _dropped;
    private volatile string? _broken;

    internal SourceCoverage Coverage
    {
        get
        {
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return new SourceCoverage(
                SourceNames.Refusal, _broken is not null ? SourceState.Absent
                    : runtime.PerCallCgroup ? SourceState.Full : SourceState.Partial,
                _broken ?? (runtime.PerCallCgroup
                    ? "seccomp notification, answered by the warden"
                    : $"refused by {runtime.Command}, which does not tell"),
                received, received - dropped, dropped, 0);
        }
    }

    /// <summary>For good: nobody tells of refusals any more.</summary>
    internal void Break(string what) => _broken ??= what;

    /// <summary>A call's helper went away without a last word: what was refused since is not known.</summary>
    internal void LoseHelper(Subject subject)
    {
        Interlocked.Increment(ref _received);
        Interlocked.Increment(ref _dropped);
        sink.TryPost(SourceNames.Refusal, new Observation(
            MonotonicClock.NowNs, subject, new Fact.Gap(SourceNames.Refusal, 1, CausedBySandbox: false)));
    }

    internal unsafe void Add(Subject subject, WardenReply reply)
    {
        Interlocked.Increment(ref _received);
        (string syscall, string detail) =
            RefusedCall.Describe((int)reply.Value, new ReadOnlySpan<ulong>(reply.Arguments, 6));
        Observation observation = new(
            (long)reply.StampNs, subject with { Pid = reply.Pid }, new Fact.SyscallRefused(syscall, detail));
        if (!sink.TryPost(SourceNames.Refusal, observation))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>
    /// Refusals beyond what one call is told of: its own doing, since each was answered all the same.
    /// </summary>
    internal void AddLost(Subject subject, WardenReply reply)
    {
        Interlocked.Add(ref _received, reply.Value);
        Interlocked.Add(ref _dropped, reply.Value);
        sink.TryPost(SourceNames.Refusal, new Observation(
            (long)reply.StampNs, subject, new Fact.Gap(SourceNames.Refusal, reply.Value, CausedBySandbox: true)));
    }

    /// <summary>
    /// Asks the helper of every living call, so that what waits in the kernel is answered and told first.
    /// </summary>
    internal static async ValueTask<long> DrainAsync(
        IEnumerable<RunningSandbox> sandboxes, CancellationToken cancellationToken)
    {
        long watermark = MonotonicClock.NowNs;
        await Task.WhenAll(sandboxes.SelectMany(sandbox => sandbox.Calls)
            .Select(call => call.DrainAsync(cancellationToken))).ConfigureAwait(false);
        return watermark;
    }
}
