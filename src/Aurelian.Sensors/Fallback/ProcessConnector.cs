using System.Runtime.InteropServices;
using Aurelian.Events;
using Aurelian.Sandbox;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sensors;

/// <summary>
/// Births, execs and ends of processes by the kernel's proc connector, where its eBPF hooks for them are missing.
/// </summary>
/// <remarks>
/// Covers: every fork, exec and exit under the call it belongs to. Does not cover: the command line of a process that
/// is gone before it is asked for; connects, binds, descriptors and what set whom in motion. The firewall's own records
/// remain, laid to the call that runs.
/// </remarks>
public sealed class ProcessConnector : IEventSource, IDisposable
{
    private const int NetlinkFamily = 16, Datagram = 2, CloseOnExec = 0x80000, Connector = 11;
    private const int SocketLevel = 1, ReceiveBufferForce = 33, ReceiveBufferBytes = 16 << 20;
    private const int PollMilliseconds = 20;
    private const int ProcessesMax = 65_536;

    private readonly Dictionary<int, Subject> _processes = [];
    private readonly SafeFileHandle _socket;
    private readonly ProcessCalls _calls;
    private readonly IObservationSink _sink;
    private readonly Thread _thread;
    private long _received, _dropped, _rounds;
    private volatile bool _ended;
    private volatile string? _broken;

    private ProcessConnector(SafeFileHandle socket, ProcessCalls calls, IObservationSink sink)
    {
        _socket = socket;
        _calls = calls;
        _sink = sink;
        _thread = UrgentThread.Start("proc connector", Work);
    }

    public IReadOnlyList<SourceCoverage> Coverage
    {
        get
        {
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return
            [
                new SourceCoverage(
                    SourceNames.Process, _broken is null ? SourceState.Partial : SourceState.Absent,
                    _broken ?? "proc connector: processes, but no connects, binds or descriptors",
                    received, received - dropped, dropped, 0),
            ];
        }
    }

    /// <exception cref="SensorException">The kernel has no proc connector, or not for us.</exception>
    public static unsafe ProcessConnector Start(ProcessCalls calls, IObservationSink sink)
    {
        SafeFileHandle socket = new(
            Native.OpenSocket(NetlinkFamily, Datagram | CloseOnExec, Connector), ownsHandle: true);
        int room = ReceiveBufferBytes;
        _ = Native.SetOption(socket, SocketLevel, ReceiveBufferForce, &room, sizeof(int));
        // struct sockaddr_nl: the family, then our port (the kernel's choice) and the group of process events.
        uint* address = stackalloc uint[3];
        (address[0], address[1], address[2]) = (NetlinkFamily, 0, 1);
        fixed (byte* subscription = ConnectorMessage.Subscription())
        {
            if (socket.IsInvalid || Native.Bind(socket, address, 12) != 0
                || Native.Write(socket, subscription, ConnectorMessage.SubscriptionLength) < 0)
            {
                string problem = Marshal.GetLastPInvokeErrorMessage();
                socket.Dispose();
                throw new SensorException($"The kernel's proc connector does not answer: {problem}");
            }
        }

        return new ProcessConnector(socket, calls, sink);
    }

    /// <summary>Two rounds of the reader begun after the call have read what was queued before it.</summary>
    public async ValueTask<long> DrainAsync(CancellationToken cancellationToken)
    {
        long watermark = MonotonicClock.NowNs, start = Interlocked.Read(ref _rounds);
        while (Interlocked.Read(ref _rounds) < start + 2 && !_ended)
        {
            if (_broken is { } broken)
            {
                throw new SensorException(broken);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken)
                .ConfigureAwait(false);
        }

        return watermark;
    }

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Work()
    {
        try
        {
            ReadAll();
        }
        catch (Exception exception)
        {
            _broken = $"proc connector stopped: {exception.Message}";
        }
    }

    private unsafe void ReadAll()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
        byte* start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0);
        Native.PollEntry entry = new() { Descriptor = (int)_socket.DangerousGetHandle(), Wanted = 1 };
        while (!_ended)
        {
            if (Native.Poll(&entry, 1, PollMilliseconds) > 0)
            {
                nint received = Native.Read(_socket, start, buffer.Length);
                if (received < 0)
                {
                    // The socket's buffer ran over; the kernel does not say whose events are gone.
                    Post(default, MonotonicClock.NowNs, new Fact.Gap(SourceNames.Process, 1, CausedBySandbox: false));
                }

                Take(buffer.AsSpan(0, (int)Math.Max(0, received)));
            }
            else
            {
                Interlocked.Increment(ref _rounds);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        for (int length; bytes.Length > 0; bytes = bytes[length..])
        {
            if (ConnectorMessage.TryRead(bytes, out ConnectorMessage message, out length))
            {
                Take(message);
            }

            if (length == 0)
            {
                return;
            }
        }
    }

    private void Take(in ConnectorMessage message)
    {
        bool known = _processes.TryGetValue(message.Pid, out Subject subject);
        if (message.Kind == ConnectorEvent.Fork || !known)
        {
            // A child that is gone already has its parent's call: that is what being born in a cgroup means.
            Subject? born = _calls.Find(message.Pid) ?? (message.Kind == ConnectorEvent.Fork
                && _processes.TryGetValue(message.Other, out Subject parent) ? parent : null);
            if (born is not { Call: not null } found || message.Kind == ConnectorEvent.Exit)
            {
                return;
            }

            subject = found with { Pid = message.Pid };
            if (_processes.Count < ProcessesMax || known)
            {
                _processes[message.Pid] = subject;
            }
        }

        Post(subject, message.StampNs, message.Kind switch
        {
            ConnectorEvent.Fork => new Fact.ProcessForked(message.Other),
            ConnectorEvent.Exec => ProcessPicture.Take(message.Pid),
            _ => new Fact.ProcessExited((message.Other >> 8) & 0xFF, message.Other & 0x7F),
        });
        if (message.Kind == ConnectorEvent.Exit)
        {
            _processes.Remove(message.Pid);
        }
    }

    private void Post(Subject subject, long ns, Fact fact)
    {
        Interlocked.Increment(ref _received);
        if (!_sink.TryPost(SourceNames.Process, new Observation(ns, subject, fact)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }
}
