using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Aurelian.Events;
using Aurelian.Sandbox;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sensors;

/// <summary>
/// Files that a sandbox wrote, by fanotify on its own root, and who reads them in another call. Nobody else's files are
/// watched, and a system call's tracepoint would slow every process of the machine.
/// </summary>
/// <remarks>
/// Covers: every file of the overlay and of /dev/shm that was open for writing, when it is closed, with the process
/// that had it; what our own tools write there for a call; reads of such a file, and of the tests, by another call's
/// process, whatever its name is by then. Does not cover: a file that is mapped and never read, and pipes.
/// </remarks>
public sealed class FileSensor : IEventSource, IDisposable
{
    /// <summary>Where the grader brings the task's tests; their readers are told though no call wrote them.</summary>
    private const string TestsFolder = "/tests/";

    private const uint ClassNotify = 0, CloseOnExec = 1, UnlimitedMarks = 0x20, ReadOnlyLarge = 0x8000;
    private const uint MarkAdd = 1, MarkFilesystem = 0x100;
    private const ulong Access = 1, CloseWrite = 8, Open = 0x20, QueueOverflow = 0x4000;
    private const int CurrentFolder = -100;
    private const int NonBlocking = 0x800, CloseBell = 0x80000;
    private const int PollMilliseconds = 500;

    /// <summary>After each round more may come for so long: an event costs less than a wake-up.</summary>
    private const int PauseMilliseconds = 10;

    private const int BatchMax = 256;

    /// <summary>Groups of ended sandboxes that wait for their closing; beyond that the reader closes itself.</summary>
    private const int GroupsMax = 1024;

    private readonly ConcurrentDictionary<SandboxId, FileWatch> _watches = new();
    private readonly IObservationSink _sink;
    private readonly ProcessCalls _calls;
    private readonly SafeFileHandle _bell = new(Native.EventDescriptor(0, NonBlocking | CloseBell), ownsHandle: true);
    private readonly Observation[] _batch = new Observation[BatchMax];
    private readonly Handoff<SafeFileHandle> _left = new(GroupsMax);
    private readonly Thread _thread, _closer;
    private readonly Rounds _rounds = new();
    private int _read;
    private long _received, _dropped;
    private volatile bool _ended;
    private volatile string? _problem;

    public FileSensor(ProcessCalls calls, IObservationSink sink)
    {
        _calls = calls;
        _sink = sink;
        _thread = new Thread(Work) { IsBackground = true, Name = "file sensor" };
        _thread.Start();
        _closer = new Thread(CloseLeft) { IsBackground = true, Name = "file groups" };
        _closer.Start();
    }

    public IReadOnlyList<SourceCoverage> Coverage
    {
        get
        {
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return
            [
                new SourceCoverage(
                    SourceNames.File, _problem is null ? SourceState.Full : SourceState.Absent,
                    _problem ?? "fanotify", received, received - dropped, dropped, 0),
            ];
        }
    }

    public void Watch(ISandbox sandbox, Subject subject)
    {
        SafeFileHandle group = new(
            Native.FanotifyInit(ClassNotify | CloseOnExec | UnlimitedMarks, ReadOnlyLarge | 0x80000), ownsHandle: true);
        if (group.IsInvalid || !Mark(group, MarkFilesystem, CloseWrite, $"/proc/{sandbox.InitPid}/root/"))
        {
            _problem = $"fanotify: {Marshal.GetLastPInvokeErrorMessage()}";
            group.Dispose();
            return;
        }

        // Shared memory is files too, on a small mount of its own; a root without one has none to watch. A mapping
        // keeps its file open, so there the opening counts.
        _ = Mark(group, MarkFilesystem, CloseWrite | Open, $"/proc/{sandbox.InitPid}/root/dev/shm/");
        _watches[sandbox.Id] = new FileWatch(group, subject with { Sandbox = sandbox.Id });
        // The reader waits on the groups it knew.
        Ring();
    }

    /// <summary>From now on, what our own tools write in the sandbox is this call's doing.</summary>
    public void BeginCall(SandboxId sandbox, ToolCallId call)
    {
        if (_watches.TryGetValue(sandbox, out FileWatch? watch))
        {
            watch.Active = call;
        }
    }

    public void Forget(SandboxId sandbox)
    {
        if (_watches.TryGetValue(sandbox, out FileWatch? watch))
        {
            watch.Ended = true;
            Ring();
        }
    }

    /// <summary>Two rounds of the reader begun after the call have read what was queued before it.</summary>
    public async ValueTask<long> DrainAsync(CancellationToken cancellationToken)
    {
        long watermark = MonotonicClock.NowNs;
        Task passed = _rounds.PassAsync(2);
        Ring();
        await passed.WaitAsync(cancellationToken).ConfigureAwait(false);
        return watermark;
    }

    public void Dispose()
    {
        _ended = true;
        Ring();
        _thread.Join();
        _left.Close();
        _closer.Join();
        _bell.Dispose();
        foreach (FileWatch watch in _watches.Values)
        {
            watch.Descriptor.Dispose();
        }
    }

    private void Work()
    {
        try
        {
            ReadAll();
            _rounds.End(null);
        }
        catch (Exception exception)
        {
            _problem = $"stopped: {exception.Message}";
            _rounds.End(new SensorException($"The file sensor stopped: {_problem}"));
        }
    }

    /// <summary>Closing a group waits 10 ms for the kernel; who drains another sandbox must not.</summary>
    private void Leave(SafeFileHandle group)
    {
        if (!_left.TryAdd(group))
        {
            group.Dispose();
        }
    }

    private void CloseLeft()
    {
        SafeFileHandle[] taken = new SafeFileHandle[1];
        while (_left.Take(taken) > 0)
        {
            taken[0].Dispose();
        }
    }

    private static string Link(int file) => $"/proc/self/fd/{file}";

    private static bool Mark(SafeFileHandle group, uint what, ulong mask, string path) =>
        Native.FanotifyMark(group, MarkAdd | what, mask, CurrentFolder, path) == 0;

    /// <summary>Ends the reader's wait: a round begins at once.</summary>
    private unsafe void Ring()
    {
        ulong one = 1;
        _ = Native.Write(_bell, (byte*)&one, sizeof(ulong));
    }

    private unsafe void ReadAll()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
        while (!_ended)
        {
            FileWatch[] watches = [.. _watches.Values];
            Native.PollEntry[] entries = [.. watches.Select(watch => watch.Descriptor).Append(_bell)
                .Select(waited => new Native.PollEntry
                {
                    Descriptor = (int)waited.DangerousGetHandle(), Wanted = 1,
                })];
            bool some;
            fixed (Native.PollEntry* start = entries)
            {
                some = Native.Poll(start, (nuint)entries.Length, PollMilliseconds) > 0;
            }

            bool rung = TakeBell();
            for (int index = 0; index < watches.Length; index++)
            {
                if ((entries[index].Happened & 1) != 0)
                {
                    ReadGroup(watches[index], buffer);
                }
                else if (watches[index].Ended)
                {
                    _watches.TryRemove(watches[index].Subject.Sandbox!.Value, out _);
                    Leave(watches[index].Descriptor);
                }

                TellDropped(watches[index], rung);
            }

            Post();
            if (_rounds.Next())
            {
                Ring();
            }
            else if (some && !rung)
            {
                Native.PollEntry bell = entries[^1];
                _ = Native.Poll(&bell, 1, PauseMilliseconds);
            }
        }
    }

    private unsafe bool TakeBell()
    {
        ulong count;
        return Native.Read(_bell, (byte*)&count, sizeof(ulong)) > 0;
    }

    /// <summary>struct fanotify_event_metadata: length, version, header length, mask, descriptor, pid.</summary>
    private unsafe void ReadGroup(FileWatch watch, byte[] buffer)
    {
        byte* start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0);
        nint received = Native.Read(watch.Descriptor, start, buffer.Length);
        for (nint at = 0; at + 24 <= received;)
        {
            uint length = *(uint*)(start + at);
            ulong mask = *(ulong*)(start + at + 8);
            int file = *(int*)(start + at + 16), pid = *(int*)(start + at + 20);
            if ((mask & QueueOverflow) != 0)
            {
                Post(watch.Subject, new Fact.Gap(SourceNames.File, 1, CausedBySandbox: true));
            }
            else if (file >= 0)
            {
                Take(watch, mask, file, pid);
                _ = Native.Close(file);
            }

            at += (nint)length;
        }
    }

    private void Take(FileWatch watch, ulong mask, int file, int pid)
    {
        Interlocked.Increment(ref _received);
        if (pid == Environment.ProcessId)
        {
            TakeOwn(watch, mask, file, PathOf(file));
            return;
        }

        FileKey key = Native.KeyOf(file);
        Subject subject = watch.Subject with { Call = _calls.Find(pid)?.Call, Pid = pid };
        if ((mask & (Access | Open)) != 0 && subject.Call is { } reader)
        {
            if (watch.IsNews(key, pid, reader, out ToolCallId? writer))
            {
                Spend(watch, subject, new Fact.FileRead(PathOf(file), writer));
            }
            else if ((mask & Open) != 0)
            {
                watch.NoteFirst(key, reader);
            }
        }

        if ((mask & CloseWrite) != 0)
        {
            if (subject.Call is { } call && watch.Note(key, call))
            {
                _ = Mark(watch.Descriptor, 0, Access, Link(file));
            }

            Spend(watch, subject, new Fact.FileOpenedForWriting(PathOf(file)));
        }
    }

    private static string PathOf(int file) => Native.LinkTarget(Link(file)) ?? "";

    /// <summary>What we wrote ourselves: a tool's edit is the call's; what the grader brings in is nobody's.</summary>
    private void TakeOwn(FileWatch watch, ulong mask, int file, string path)
    {
        ToolCallId? editing = watch.Active is { IsGrade: false } call ? call : null;
        if ((mask & CloseWrite) == 0 || (editing is null && !path.StartsWith(TestsFolder, StringComparison.Ordinal)))
        {
            return;
        }

        if (watch.Note(Native.KeyOf(file), editing))
        {
            _ = Mark(watch.Descriptor, 0, Access, Link(file));
        }

        if (editing is not null)
        {
            Spend(watch, watch.Subject with { Call = editing }, new Fact.FileOpenedForWriting(path));
        }
    }

    private void Spend(FileWatch watch, Subject subject, Fact fact)
    {
        if (watch.MaySpend())
        {
            Post(subject, fact);
        }
        else
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void TellDropped(FileWatch watch, bool now)
    {
        if (watch.TakeDropped(now) is > 0 and long dropped)
        {
            Post(watch.Subject, new Fact.Gap(SourceNames.File, dropped, CausedBySandbox: true));
        }
    }

    private void Post(Subject subject, Fact fact)
    {
        _batch[_read++] = new Observation(MonotonicClock.NowNs, subject, fact);
        if (_read == BatchMax)
        {
            Post();
        }
    }

    private void Post()
    {
        int count = _read;
        _read = 0;
        if (count > 0)
        {
            Interlocked.Add(ref _dropped, count - _sink.PostAll(SourceNames.File, _batch.AsSpan(0, count)));
            _batch.AsSpan(0, count).Clear();
        }
    }
}
