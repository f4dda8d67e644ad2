using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.Sensors;

/// <summary>
/// The eBPF sensor: processes, connections and descriptors of our sandboxes, each under the tool call whose cgroup it
/// was born in. One ring buffer, read on one thread.
/// </summary>
public sealed unsafe class KernelSensor : IEventSource, IFlowOwner, IDisposable
{
    /// <summary>Ten sandboxes that all flood are still what one thread can read.</summary>
    private const int EventsPerSecond = 20_000;

    private const int PollMilliseconds = 100;

    /// <summary>
    /// While something happens the reader looks so often, and a fork, an exec or an exit does not wake it: a storm of
    /// them costs a wake-up every few milliseconds. What else is told, and the first after a silence, wakes it at once.
    /// </summary>
    private const int AttentiveMilliseconds = 5;

    /// <summary>At most so many at once to the sink.</summary>
    private const int BatchMax = 1024;

    private const int Interrupted = -4, Stop = -1; // EINTR as libbpf gives it; what ends its reading
    private const string ProcessHooks = "tp_btf/sched_process_";

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<long>> _markers = new();
    private readonly LossLedger _losses;
    private readonly Observation[] _batch = new Observation[BatchMax];
    private readonly Func<ulong, ToolCallId?> _callOf;
    private readonly BpfObject _bpf;
    private readonly CgroupDirectory _directory;
    private readonly IObservationSink _sink;
    private readonly GCHandle _self;
    private readonly Thread _thread;
    private readonly ITimer _gaps;
    private readonly nint _ring;
    private readonly int _owners, _born, _mark, _attentive;
    private long _received, _dropped, _marked, _unknown;
    private int _read;
    private volatile bool _ended;
    private volatile string? _broken;

    private KernelSensor(BpfObject bpf, CgroupDirectory directory, IObservationSink sink, TimeProvider time)
    {
        _bpf = bpf;
        _directory = directory;
        _sink = sink;
        _losses = new LossLedger(bpf.Map("calls"), bpf.Map("budgets"), bpf.Map("lost"), PostGap);
        (_owners, _born, _attentive) = (bpf.Map("owners"), bpf.Map("born"), bpf.Map("attentive"));
        _callOf = cgroup => _directory.TryFind(cgroup, out Subject other) ? other.Call : null;
        _mark = bpf.Program("mark");
        directory.Changed += Mirror;
        foreach ((ulong cgroup, Subject subject) in directory.All())
        {
            Mirror(cgroup, subject, added: true);
        }

        _self = GCHandle.Alloc(this);
        _ring = Native.NewRing(bpf.Map("records"), &OnRecord, (void*)GCHandle.ToIntPtr(_self), 0);
        _thread = UrgentThread.Start("kernel sensor", ReadAll);
        TimeSpan second = TimeSpan.FromSeconds(1);
        _gaps = time.CreateTimer(_ => LookForGaps(), null, second, second);
    }

    /// <summary>Each hook, and whether it works here.</summary>
    public IReadOnlyList<HookStatus> Hooks => _bpf.Hooks;

    /// <summary>Whether births, execs and ends of processes are among what it sees.</summary>
    public bool SeesProcesses => !Hooks.Any(hook => hook.Problem is not null
        && hook.Hook.StartsWith(ProcessHooks, StringComparison.Ordinal));

    public IReadOnlyList<SourceCoverage> Coverage
    {
        get
        {
            if (_broken is { } broken)
            {
                return [new SourceCoverage(
                    SourceNames.Process, SourceState.Absent, $"ebpf stopped: {broken}", Interlocked.Read(ref _received),
                    Interlocked.Read(ref _received) - Interlocked.Read(ref _dropped), Interlocked.Read(ref _dropped),
                    0)];
            }

            string[] missing = [.. Hooks.Where(hook => hook.Problem is not null).Select(hook => hook.Hook)];
            bool processes = SeesProcesses;
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return
            [
                new SourceCoverage(
                    SourceNames.Process,
                    missing.Length == 0 ? SourceState.Full : processes ? SourceState.Partial : SourceState.Absent,
                    missing.Length == 0 ? "ebpf" : $"ebpf without {string.Join(", ", missing)}",
                    received, received - dropped, dropped, 0),
            ];
        }
    }

    /// <param name="cgroupFolder">Where cgroup programs attach: the run's own cgroup2 folder.</param>
    /// <param name="eventsPerSecond">A sandbox's budget; twice as many at once.</param>
    /// <param name="without">Sections to leave out, as if the kernel lacked them.</param>
    public static KernelSensor Start(
        string nativeFolder, string cgroupFolder, CgroupDirectory directory, IObservationSink sink, TimeProvider time,
        int eventsPerSecond = EventsPerSecond, IReadOnlySet<string>? without = null)
    {
        BpfObject bpf = BpfObject.Load(Path.Combine(nativeFolder, "sensors.bpf.o"), without ?? new HashSet<string>());
        uint zero = 0;
        ulong* limit = stackalloc ulong[2];
        (limit[0], limit[1]) = ((ulong)eventsPerSecond, 2 * (ulong)eventsPerSecond);
        _ = Native.Update(bpf.Map("limits"), &zero, limit, 0);
        bpf.Attach(cgroupFolder);
        return new KernelSensor(bpf, directory, sink, time);
    }

    /// <summary>Whether each hook loads on this machine, without attaching any.</summary>
    public static IReadOnlyList<HookStatus> Probe(string nativeFolder)
    {
        using BpfObject bpf = BpfObject.Load(Path.Combine(nativeFolder, "sensors.bpf.o"), new HashSet<string>());
        return bpf.Hooks;
    }

    public FlowOwner? Find(Endpoint source, Endpoint destination, Transport transport)
    {
        // struct tuple: two addresses, two ports in network order, the protocol.
        byte* key = stackalloc byte[16];
        source.Address.TryWriteBytes(new Span<byte>(key, 4), out _);
        destination.Address.TryWriteBytes(new Span<byte>(key + 4, 4), out _);
        *(ushort*)(key + 8) = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)source.Port);
        *(ushort*)(key + 10) = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)destination.Port);
        *(uint*)(key + 12) = transport == Transport.Tcp ? 6u : 17u;
        byte* owner = stackalloc byte[16];
        return Native.Lookup(_owners, key, owner) == 0 && _directory.TryFind(*(ulong*)owner, out Subject subject)
            ? new FlowOwner(subject with { Pid = *(int*)(owner + 8) is > 0 and int pid ? pid : null }, Exact: true)
            : null;
    }

    /// <summary>The call that a process was born in, also of one that is gone.</summary>
    public Subject? BornIn(int pid)
    {
        ulong cgroup;
        return Native.Lookup(_born, &pid, &cgroup) == 0 && _directory.TryFind(cgroup, out Subject subject)
            ? subject with { Pid = pid }
            : null;
    }

    public ValueTask<long> DrainAsync(CancellationToken cancellationToken)
    {
        ulong number = (ulong)Interlocked.Increment(ref _marked);
        TaskCompletionSource<long> passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _markers[number] = passed;
        if (_broken is { } broken)
        {
            // Asked after the marker is in the table: whoever breaks sees either the marker there or us here.
            throw new SensorException($"The kernel sensor stopped: {broken}");
        }

        Mark(number);
        PostGaps();
        return new ValueTask<long>(passed.Task.WaitAsync(cancellationToken));
    }

    public void Dispose()
    {
        _directory.Changed -= Mirror;
        _gaps.Dispose();
        _ended = true;
        _thread.Join();
        Native.FreeRing(_ring);
        _bpf.Dispose();
        _self.Free();
    }

    [UnmanagedCallersOnly]
    private static int OnRecord(void* context, void* data, nuint size)
    {
        KernelSensor sensor = (KernelSensor)GCHandle.FromIntPtr((nint)context).Target!;
        try
        {
            sensor.Take((byte*)data, (int)size);
            return 0;
        }
        catch (Exception exception)
        {
            // An exception must not cross into libbpf. One record is lost for certain: nothing is vouched for now.
            sensor.Break(exception.Message);
            return Stop;
        }
    }

    private void Mark(ulong number)
    {
        Native.TestRun run = new() { ContextIn = &number, ContextInSize = sizeof(ulong) };
        run.Size = (nuint)sizeof(Native.TestRun);
        if (Native.RunProgram(_mark, &run) < 0 && _markers.TryRemove(number, out TaskCompletionSource<long>? passed))
        {
            passed.TrySetException(new SensorException("The sensor's ring cannot be marked."));
        }
    }

    private void ReadAll()
    {
        bool attentive = false;
        while (!_ended && _broken is null)
        {
            int result = Native.PollRing(_ring, attentive ? AttentiveMilliseconds : PollMilliseconds);
            result = result == 0 && attentive ? Native.ConsumeRing(_ring) : result;
            if (attentive != result > 0 && result >= 0)
            {
                attentive = result > 0;
                Attend(attentive);
                // What came before that was said wakes nobody.
                result = attentive ? result : Native.ConsumeRing(_ring);
            }

            if (result < 0 && result != Interrupted)
            {
                Break($"its ring cannot be read (error {-result})");
            }

            TryPost();
        }
    }

    private void Attend(bool attentive)
    {
        uint zero = 0;
        ulong value = attentive ? 1ul : 0;
        _ = Native.Update(_attentive, &zero, &value, 0);
    }

    /// <summary>Its failure is the sensor's.</summary>
    private void TryPost()
    {
        try
        {
            Post();
        }
        catch (Exception exception)
        {
            Break(exception.Message);
        }
    }

    /// <summary>Passes on what was read so far.</summary>
    private void Post()
    {
        int count = _read;
        if (count > 0)
        {
            _read = 0;
            int taken = _sink.PostAll(SourceNames.Process, _batch.AsSpan(0, count));
            Interlocked.Add(ref _dropped, count - taken);
            _batch.AsSpan(0, count).Clear();
        }
    }

    /// <summary>For good; who waits for a drain is told now and not at his deadline.</summary>
    internal void Break(string what)
    {
        _broken ??= what;
        foreach (ulong number in _markers.Keys)
        {
            if (_markers.TryRemove(number, out TaskCompletionSource<long>? waiting))
            {
                waiting.TrySetException(new SensorException($"The kernel sensor stopped: {_broken}"));
            }
        }
    }

    private void Take(byte* data, int size)
    {
        KernelRecord record = *(KernelRecord*)data;
        if (record.Kind == RecordKind.Marker)
        {
            Post();
            if (_markers.TryRemove(record.Other, out TaskCompletionSource<long>? passed))
            {
                passed.TrySetResult(record.StampNs);
            }

            return;
        }

        Interlocked.Increment(ref _received);
        if (!_directory.TryFind(record.Cgroup, out Subject subject))
        {
            // Of a sandbox that was removed since: its episode is judged already.
            Interlocked.Increment(ref _unknown);
            return;
        }

        if (RecordReader.Read(record, data, size, _callOf) is { } fact)
        {
            _batch[_read++] = new Observation(record.StampNs, subject with { Pid = record.Pid }, fact);
            if (_read == BatchMax)
            {
                Post();
            }
        }
    }

    private void Mirror(ulong cgroup, Subject subject, bool added)
    {
        if (subject.Sandbox is { } sandbox && !_losses.Number(sandbox, cgroup, added))
        {
            Break("it has no room for another call");
        }
    }

    private void LookForGaps()
    {
        try
        {
            PostGaps();
        }
        catch (Exception exception)
        {
            Break($"what it lost is not known ({exception.Message})");
        }
    }

    private void PostGaps() => _losses.Tell();

    /// <summary>What the budgets and the ring had to leave out, as a gap.</summary>
    private void PostGap(long count, Subject subject, bool causedBySandbox)
    {
        Interlocked.Add(ref _received, count);
        Interlocked.Add(ref _dropped, count);
        _sink.TryPost(SourceNames.Process, new Observation(
            MonotonicClock.NowNs, subject, new Fact.Gap(SourceNames.Process, count, causedBySandbox)));
    }
}
