namespace Aurelian.Sandbox;

/// <summary>
/// A thread that touches files as another user. The file-system ids belong to a thread, and with them the kernel drops
/// the capabilities that override permissions; root's supplementary groups are given up for good. What the sandbox's
/// user may not do, this thread cannot either.
/// </summary>
internal sealed class FileThread : IDisposable
{
    private const int WaitingMax = 256;

    private readonly Handoff<Action> _work = new(WaitingMax);
    private readonly Thread _thread;

    internal FileThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    internal Task<T> RunAsync<T>(uint user, Func<T> action, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool taken = _work.TryAdd(() =>
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
        });
        return taken
            ? done.Task.WaitAsync(cancellationToken)
            : throw new SandboxException(
                SandboxFailure.Broken, "The sandbox has ended, or too much waits for its files.");
    }

    public void Dispose()
    {
        _work.Close();
        _thread.Join();
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
        Action[] taken = new Action[1];
        while (_work.Take(taken) > 0)
        {
            taken[0]();
            taken[0] = null!;
        }
    }
}
