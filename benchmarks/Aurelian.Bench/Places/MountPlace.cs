using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Aurelian.Bench;

/// <summary>
/// A thread in a mount namespace of its own: what is mounted there, and the processes started there, are seen by nobody
/// else, and all of it is gone with the thread.
/// </summary>
internal sealed class MountPlace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    internal MountPlace()
    {
        _thread = new Thread(Live) { IsBackground = true, Name = "mounts" };
        _thread.Start();
        Run(() =>
        {
            Check(Native.Unshare(Native.CloneNewNamespace));
            Check(Native.Mount(null, "/", null, Native.Private | Native.Recursive, null));
            return 0;
        });
    }

    internal void Mount(string type, string target, string data) => Run(() =>
    {
        Directory.CreateDirectory(target);
        Check(Native.Mount(type, target, type, 0, data));
        return 0;
    });

    internal T Run<T>(Func<T> action)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new IOException($"Cannot mount: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    private void Live()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
