using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// One thread that waits on many descriptors: what a call leaves running may hold its pipes for hours, and costs no
/// thread. Handlers run on that thread, one at a time, and must neither block nor throw; each is called again while
/// its descriptor stays ready, or, with <see cref="Edges"/>, whenever it has become ready anew.
/// </summary>
public sealed unsafe class DescriptorLoop : IDisposable
{
    /// <summary>Readable, writable and ended, each told once (EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET).</summary>
    public const uint Edges = 1u | 4u | 0x2000u | 0x80000000u;

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

    public DescriptorLoop(string name)
    {
        (_woken, _wake) = Descriptors.Pipe();
        _ = Native.Control(_woken, Native.SetStatusFlags, Native.NonBlocking);
        _ = Native.Control(_wake, Native.SetStatusFlags, Native.NonBlocking);
        Watch(_woken, Native.EventReadable, TakePosted);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Gives a key for <see cref="Forget"/>, which must come before the descriptor is closed.</summary>
    public long Watch(SafeHandle descriptor, uint events, Action handler)
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

    public void Forget(long key)
    {
        if (_handlers.TryRemove(key, out (SafeHandle Descriptor, Action Handler) entry))
        {
            Change(Native.ControlDelete, entry.Descriptor, 0, key);
        }
    }

    /// <summary>
    /// As <see cref="Forget"/>, for a descriptor that is about to be closed: the kernel forgets it by itself.
    /// </summary>
    public void Drop(long key) => _handlers.TryRemove(key, out _);

    /// <summary>Runs <paramref name="action"/> on the loop's thread; here and now once the loop has ended.</summary>
    public void Post(Action action)
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

        // What these post waits for the next round, after whoever else is ready.
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out Action? action); left--)
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
