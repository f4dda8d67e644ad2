using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// One thread that waits on the pipes of all calls: what a call leaves running may hold its pipes for hours, and
/// costs no thread. Handlers run on that thread, one at a time, and must not block; each is called again while its
/// descriptor stays ready.
/// </summary>
internal sealed unsafe class DescriptorLoop : IDisposable
{
    private const int EventsAtOnce = 64;

    /// <summary>epoll_event is packed on x86-64 and aligned elsewhere.</summary>
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly ConcurrentDictionary<long, (SafeHandle Descriptor, Action Handler)> _handlers = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly SafeFileHandle _queue = new(Native.CreateEventQueue(Native.CloseOnExec), ownsHandle: true);
    private readonly SafeFileHandle _woken;
    private readonly SafeFileHandle _wake;
    private readonly Thread _thread;
    private readonly Lock _posting = new();
    private long _lastKey;
    private bool _ended;

    internal DescriptorLoop()
    {
        (_woken, _wake) = Descriptors.Pipe();
        _ = Native.Control(_woken, Native.SetStatusFlags, Native.NonBlocking);
        _ = Native.Control(_wake, Native.SetStatusFlags, Native.NonBlocking);
        Watch(_woken, Native.EventReadable, TakePosted);
        _thread = new Thread(Run) { IsBackground = true, Name = "call pipes" };
        _thread.Start();
    }

    /// <summary>Gives a key for <see cref="Forget"/>, which must come before the descriptor is closed.</summary>
    internal long Watch(SafeHandle descriptor, uint events, Action handler)
    {
        long key = Interlocked.Increment(ref _lastKey);
        _handlers[key] = (descriptor, handler);
        if (Change(Native.ControlAdd, descriptor, events, key) != 0)
        {
            _handlers.TryRemove(key, out _);
            throw new SandboxException(
                SandboxFailure.Broken, $"Cannot wait on a pipe: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        return key;
    }

    internal void Forget(long key)
    {
        if (_handlers.TryRemove(key, out (SafeHandle Descriptor, Action Handler) entry))
        {
            Change(Native.ControlDelete, entry.Descriptor, 0, key);
        }
    }

    /// <summary>Runs <paramref name="action"/> on the loop's thread; here and now once the loop has ended.</summary>
    internal void Post(Action action)
    {
        lock (_posting)
        {
            if (!_ended)
            {
                _posted.Enqueue(action);
                byte one = 1;
                // A pipe that is full wakes the loop just as well.
                _ = Native.Write(_wake, &one, 1);
                return;
            }
        }

        action();
    }

    public void Dispose()
    {
        Post(End);
        _thread.Join();
        _wake.Dispose();
        _woken.Dispose();
        _queue.Dispose();
    }

    private void End()
    {
        lock (_posting)
        {
            _ended = true;
        }
    }

    private void TakePosted()
    {
        byte* ignored = stackalloc byte[64];
        while (Native.Read(_woken, ignored, 64) > 0)
        {
        }

        while (_posted.TryDequeue(out Action? action))
        {
            action();
        }
    }

    private int Change(int operation, SafeHandle descriptor, uint events, long key)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = events;
        *(long*)(change + EventBytes - sizeof(long)) = key;
        return Native.ControlEvents(_queue, operation, descriptor, change);
    }

    private void Run()
    {
        byte* events = stackalloc byte[EventsAtOnce * 16];
        while (!_ended)
        {
            int count = Native.WaitEvents(_queue, events, EventsAtOnce, timeoutMs: -1);
            for (int index = 0; index < count; index++)
            {
                long key = *(long*)(events + ((index + 1) * EventBytes) - sizeof(long));
                if (_handlers.TryGetValue(key, out (SafeHandle Descriptor, Action Handler) found))
                {
                    found.Handler();
                }
            }
        }
    }
}
