using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>
/// A network namespace without a name, held by a descriptor and by one thread that lives inside it: it is gone when the
/// process is, however it died. A socket belongs for ever to the namespace of the thread that made it, so sockets are
/// made (and child processes started) by <see cref="Run{T}"/> and used from anywhere.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private const int WaitingMax = 1024;

    private readonly Handoff<Action> _work = new(WaitingMax);
    private readonly Thread _thread;
    private readonly TaskCompletionSource<SafeFileHandle> _entered =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NetworkNamespace(string label, SafeFileHandle? joined)
    {
        Label = label;
        string name = $"netns {label}";
        if (joined is null)
        {
            _thread = new Thread(() => Live(null)) { IsBackground = true, Name = name };
            _thread.Start();
        }
        else
        {
            _thread = UrgentThread.Start(name, () => Live(joined));
        }

        try
        {
            _entered.Task.Wait();
        }
        catch (AggregateException exception) when (exception.InnerException is SandboxException inner)
        {
            throw inner;
        }
    }

    /// <summary>For people: in thread names and messages.</summary>
    public string Label { get; }

    public SafeFileHandle Descriptor => _entered.Task.Result;

    /// <summary>A path that names the namespace for other processes while this one lives.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{Descriptor.DangerousGetHandle()}";

    /// <summary>A thread inside, by number: what <c>ip link … netns</c> takes for a process.</summary>
    internal int ThreadId { get; private set; }

    /// <summary>Makes a new, empty namespace (a downed loopback and nothing else).</summary>
    public static NetworkNamespace Create(string label) => new(label, null);

    /// <summary>A second, urgent thread inside: what runs there waits for nothing that runs on the first.</summary>
    public NetworkNamespace Join(string label) => new(label, Descriptor);

    /// <summary>Runs <paramref name="action"/> on the thread inside the namespace and gives its result.</summary>
    public T Run<T>(Func<T> action)
    {
        if (Thread.CurrentThread == _thread)
        {
            return action();
        }

        Errand<T> errand = new(action);
        return _work.TryAdd(errand.Execute)
            ? errand.Wait()
            : throw new SandboxException(
                SandboxFailure.Missing, $"The network namespace '{Label}' is gone, or too much waits for it.");
    }

    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    /// <summary>Has <paramref name="action"/> run on that thread some time later; it must not throw.</summary>
    internal bool TryPost(Action action) => _work.TryAdd(action);

    public void Dispose()
    {
        _work.Close();
        _thread.Join();
        if (_entered.Task.IsCompletedSuccessfully)
        {
            _entered.Task.Result.Dispose();
        }
    }

    private void Live(SafeFileHandle? joined)
    {
        int entered = joined is null
            ? Native.Unshare(Native.CloneNewNet)
            : Native.SetNamespace(joined, Native.CloneNewNet);
        if (entered != 0)
        {
            _entered.SetException(new SandboxException(
                SandboxFailure.Missing,
                $"Cannot enter a network namespace: {Marshal.GetLastPInvokeErrorMessage()}. Run as root."));
            return;
        }

        // "PID/task/TID"
        ThreadId = int.Parse(
            File.ResolveLinkTarget("/proc/thread-self", false)!.Name,
                System.Globalization.CultureInfo.InvariantCulture);
        _entered.SetResult(File.OpenHandle("/proc/thread-self/ns/net"));
        Action[] taken = new Action[1];
        while (_work.Take(taken) > 0)
        {
            taken[0]();
        }
    }

    /// <summary>Who waits for it sleeps at once: spinning would take the core that it needs.</summary>
    private sealed class Errand<T>(Func<T> action)
    {
        private T? _result;
        private ExceptionDispatchInfo? _failure;
        private bool _isDone;

        internal void Execute()
        {
            try
            {
                _result = action();
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }

            lock (this)
            {
                _isDone = true;
                Monitor.Pulse(this);
            }
        }

        internal T Wait()
        {
            lock (this)
            {
                while (!_isDone)
                {
                    Monitor.Wait(this);
                }
            }

            _failure?.Throw();
            return _result!;
        }
    }
}
