namespace Aurelian.Sandbox;

/// <summary>
/// A bounded queue to one thread, which takes what has come all at once. Putting something in costs a lock; the thread
/// is woken only when it waits, and it never spins.
/// </summary>
public sealed class Handoff<T>(int waitingMax)
{
    private readonly object _gate = new();
    private readonly Queue<T> _waiting = new();
    private bool _isIdle, _isHurried, _isClosed;

    /// <summary>False where there is no room.</summary>
    public bool TryAdd(in T item)
    {
        lock (_gate)
        {
            if (_waiting.Count >= waitingMax || _isClosed)
            {
                return false;
            }

            _waiting.Enqueue(item);
            WakeIdle();
            return true;
        }
    }

    /// <summary>What has to pass whatever is waiting before it; and the thread lingers no longer.</summary>
    public void AddMarker(in T item)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _waiting.Enqueue(item);
            _isHurried = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>As many as have room, in their order.</summary>
    public int AddAll(ReadOnlySpan<T> items)
    {
        lock (_gate)
        {
            int count = _isClosed ? 0 : Math.Min(items.Length, Math.Max(0, waitingMax - _waiting.Count));
            foreach (ref readonly T item in items[..count])
            {
                _waiting.Enqueue(item);
            }

            if (count > 0)
            {
                WakeIdle();
            }

            return count;
        }
    }

    /// <summary>What is waiting is still taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Fills <paramref name="taken"/> from its start; 0 when all is taken and nothing more comes.</summary>
    /// <param name="linger">How long to let more come, where nobody hurries and there is room for more.</param>
    public int Take(Span<T> taken, TimeSpan linger = default)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isClosed)
            {
                _isIdle = true;
                Monitor.Wait(_gate);
            }

            _isIdle = false;
            if (linger > TimeSpan.Zero && _waiting.Count < taken.Length && !_isHurried && !_isClosed)
            {
                Monitor.Wait(_gate, linger);
            }

            int count = Math.Min(_waiting.Count, taken.Length);
            for (int index = 0; index < count; index++)
            {
                taken[index] = _waiting.Dequeue();
            }

            _isHurried &= _waiting.Count > 0;
            return count;
        }
    }

    private void WakeIdle()
    {
        if (_isIdle)
        {
            _isIdle = false;
            Monitor.Pulse(_gate);
        }
    }
}
