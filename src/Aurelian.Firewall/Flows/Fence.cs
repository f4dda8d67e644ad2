using System.Collections.Concurrent;

namespace Aurelian.Firewall;

/// <summary>
/// A mark of our own sent down a queue behind whatever is waiting there: when the queue's reader meets it, everything
/// before it has been read.
/// </summary>
internal sealed class Fence
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _raised = new();

    internal Task Raise(int token) => _raised.GetOrAdd(
        token, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>False: no mark of ours.</summary>
    internal bool TryPass(int token)
    {
        bool ours = _raised.TryRemove(token, out TaskCompletionSource? waiting);
        waiting?.TrySetResult();
        return ours;
    }
}
