using System.Collections.Concurrent;

namespace Aurelian.Sandbox;

/// <summary>
/// A thread that touches files as another user. The file-system ids belong to a thread, and with them the kernel drops
/// the capabilities that override permissions; root's supplementary groups are given up for good. What the sandbox's
/// user may not do, this thread cannot either.
/// </summary>
internal sealed class FileThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = new(boundedCapacity: 256);
    private readonly Thread _thread;

    internal FileThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    internal Task<T> RunAsync<T>(uint user, Func<T> action, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(
            () =>
            {
                (T? result, Exception? failure) = RunAs(user, action);
                // Told as ourselves again: waking a waiter may start a pool thread, and a thread inherits these ids.
                if (failure is null)
                {
                    done.SetResult(result!);
                }
                else
                {
                    done.SetException(failure);
                }
            },
            cancellationToken);
        return done.Task.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    /// <summary>Changes whom the calling thread is to files; only for what runs on such a thread.</summary>
    internal static void Become(uint user)
    {
        // Each gives what it was before; asked again, what it is now. A thread that could not change must not go on.
        _ = Native.SetFileUser(0);
        _ = Native.SetFileGroup(user);
        _ = Native.SetFileUser(user);
        if ((uint)Native.SetFileUser(uint.MaxValue) != user || (uint)Native.SetFileGroup(uint.MaxValue) != user)
        {
            throw new SandboxException(SandboxFailure.Broken, "Files cannot be touched as the sandbox's user.");
        }
    }

    private static (T? Result, Exception? Failure) RunAs<T>(uint user, Func<T> action)
    {
        try
        {
            Become(user);
            return (action(), null);
        }
        catch (Exception exception)
        {
            return (default, exception);
        }
        finally
        {
            _ = Native.SetFileUser(0);
            _ = Native.SetFileGroup(0);
        }
    }

    private void Work()
    {
        Native.DropThreadGroups();
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
