using System.Threading.Tasks.Sources;
using Aurelian.Sandbox;

namespace Aurelian.Firewall;

/// <summary>
/// Lets one wait until a direction of a socket is worth another try. A signal that nobody waited for is kept, and one
/// may come for nothing: whoever waits tries again and asks what else could have woken it.
/// </summary>
internal sealed class Readiness(DescriptorLoop loop) : IValueTaskSource
{
    private readonly Lock _changing = new();
    private ManualResetValueTaskSourceCore<bool> _waiter;
    private bool _signalled, _waiting;

    internal ValueTask WaitAsync()
    {
        lock (_changing)
        {
            if (_signalled)
            {
                _signalled = false;
                return ValueTask.CompletedTask;
            }

            _waiter.Reset();
            _waiting = true;
            return new ValueTask(this, _waiter.Version);
        }
    }

    /// <summary>A signal from another thread: whoever waits goes on at the loop.</summary>
    internal void Wake()
    {
        lock (_changing)
        {
            if (!_waiting)
            {
                _signalled = true;
                return;
            }
        }

        loop.Post(Signal);
    }

    /// <summary>Whoever waits goes on within this call.</summary>
    internal void Signal()
    {
        lock (_changing)
        {
            if (!_waiting)
            {
                _signalled = true;
                return;
            }

            _waiting = false;
        }

        _waiter.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
