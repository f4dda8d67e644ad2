using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>A sandbox that was handed out, and what becomes of it.</summary>
internal sealed class LiveSandbox(ISandbox sandbox, Subject subject) : IDisposable
{
    private readonly CancellationTokenSource _contained = new();
    private int _claimed;

    internal ISandbox Sandbox => sandbox;

    internal Subject Subject => subject;

    /// <summary>Cancelled as soon as a containment of it begins.</summary>
    internal CancellationToken Contained => _contained.Token;

    /// <summary>Completes with its containment; completed where there was none.</summary>
    internal Task Containment { get; private set; } = Task.CompletedTask;

    /// <summary>Begins the containment unless one has begun.</summary>
    internal void Contain(Func<LiveSandbox, Task> containment)
    {
        if (Interlocked.Exchange(ref _claimed, 1) == 0)
        {
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Containment = done.Task;
            // A thread of its own: the pool may be busy with what is being contained.
            UrgentThread.Start($"containment of {sandbox.Id}", () =>
            {
                Task steps = containment(this);
                try
                {
                    _contained.Cancel();
                }
                catch (Exception exception) when (exception is ObjectDisposedException or AggregateException)
                {
                    // It ended meanwhile, or who was told of it failed: the steps go on all the same.
                }

                steps.ContinueWith(done.SetFromTask, TaskScheduler.Default);
            });
        }
    }

    public void Dispose() => _contained.Dispose();
}
