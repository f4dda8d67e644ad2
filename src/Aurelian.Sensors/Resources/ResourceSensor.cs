using System.Collections.Concurrent;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Sensors;

/// <summary>Reads CPU, memory and processes of every call's cgroup once a second and when it is drained.</summary>
public sealed class ResourceSensor : IEventSource, IDisposable
{
    /// <summary>Of processor time between two samples, from which on a call's processes are looked at.</summary>
    private const double BurnSecondsMin = 0.1;

    private readonly ConcurrentDictionary<ToolCallId, (ISandbox Sandbox, Subject Subject)> _calls = new();
    private readonly ConcurrentDictionary<ToolCallId, double> _spent = new();
    private readonly IObservationSink _sink;
    private readonly ITimer _timer;
    private long _received, _dropped;
    private volatile string? _problem;

    public ResourceSensor(IObservationSink sink, TimeProvider time)
    {
        _sink = sink;
        TimeSpan second = TimeSpan.FromSeconds(1);
        _timer = time.CreateTimer(_ => SampleAll(), null, second, second);
    }

    public IReadOnlyList<SourceCoverage> Coverage
    {
        get
        {
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return
            [
                new SourceCoverage(
                    SourceNames.Resource, _problem is null ? SourceState.Full : SourceState.Partial,
                    _problem is null ? "cgroup cpu.stat" : $"cgroup cpu.stat; {_problem}", received,
                    received - dropped, dropped, 0),
            ];
        }
    }

    public void Watch(ISandbox sandbox, Subject subject)
    {
        if (subject.Call is { } call)
        {
            _calls[call] = (sandbox, subject);
        }
    }

    public IReadOnlyList<ToolCallId> CallsOf(ISandbox sandbox) =>
        [.. _calls.Where(entry => entry.Value.Sandbox == sandbox).Select(entry => entry.Key)];

    /// <summary>Takes a last sample of the sandbox's calls and forgets them.</summary>
    public void Forget(ISandbox sandbox)
    {
        foreach ((ToolCallId call, (ISandbox Sandbox, Subject Subject) watched) in _calls)
        {
            if (watched.Sandbox == sandbox && _calls.TryRemove(call, out _))
            {
                Sample(call, watched.Sandbox, watched.Subject);
                _spent.TryRemove(call, out _);
            }
        }
    }

    public ValueTask<long> DrainAsync(CancellationToken cancellationToken)
    {
        long watermark = MonotonicClock.NowNs;
        SampleAll();
        return ValueTask.FromResult(watermark);
    }

    public void Dispose() => _timer.Dispose();

    private void SampleAll()
    {
        foreach ((ToolCallId call, (ISandbox Sandbox, Subject Subject) watched) in _calls)
        {
            Sample(call, watched.Sandbox, watched.Subject);
        }
    }

    private void Sample(ToolCallId call, ISandbox sandbox, Subject subject)
    {
        CallUsage usage;
        try
        {
            usage = sandbox.ReadUsage(call);
        }
        catch (IOException)
        {
            return; // the cgroup went away between two reads: its last sample stands
        }
        catch (Exception exception)
        {
            _problem ??= $"a sample failed: {exception.Message}";
            return;
        }

        bool burns = usage.CpuSeconds - _spent.GetValueOrDefault(call) >= BurnSecondsMin;
        _spent[call] = usage.CpuSeconds;
        Interlocked.Increment(ref _received);
        if (!_sink.TryPost(SourceNames.Resource, new Observation(
            MonotonicClock.NowNs, subject,
            new Fact.ResourceSampled(
                usage.CpuSeconds, usage.MemoryBytes, usage.Pids.Count,
                burns ? ProcessActivity.Read(usage.Pids) : null))))
        {
            Interlocked.Increment(ref _dropped);
        }
    }
}
