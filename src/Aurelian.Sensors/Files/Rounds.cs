namespace Aurelian.Sensors;

/// <summary>
/// Rounds of a reader's loop, and who waits for some of them: told at the round's end, not at the next look.
/// </summary>
internal sealed class Rounds
{
    private readonly List<(long Round, TaskCompletionSource Done)> _waiting = [];
    private readonly Lock _lock = new();
    private SensorException? _failure;
    private long _done;
    private bool _ended;

    /// <summary>Completes after as many rounds more; the one under way counts as one. Fails where it fails.</summary>
    internal Task PassAsync(int rounds)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_ended)
            {
                return _failure is { } failure ? Task.FromException(failure) : Task.CompletedTask;
            }

            _waiting.Add((_done + rounds, done));
        }

        return done.Task;
    }

    /// <summary>A round has ended; true while somebody waits for another.</summary>
    internal bool Next()
    {
        lock (_lock)
        {
            _done++;
            foreach ((long round, TaskCompletionSource done) in _waiting)
            {
                if (round <= _done)
                {
                    done.TrySetResult();
                }
            }

            _waiting.RemoveAll(each => each.Round <= _done);
            return _waiting.Count > 0;
        }
    }

    /// <summary>No round comes any more.</summary>
    /// <param name="failure">Null: as asked.</param>
    internal void End(SensorException? failure)
    {
        lock (_lock)
        {
            (_ended, _failure) = (true, failure);
            foreach ((_, TaskCompletionSource done) in _waiting)
            {
                _ = failure is null ? done.TrySetResult() : done.TrySetException(failure);
            }

            _waiting.Clear();
        }
    }
}
