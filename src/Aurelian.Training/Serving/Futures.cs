using System.Threading.Channels;

namespace Aurelian.Training.Serving;

/// <summary>
/// Work that clients wait for by its id. One worker does it, in the order of each model's sequence numbers: native
/// tensors belong to one thread, and all adapters share one model.
/// </summary>
internal sealed class Futures : IAsyncDisposable
{
    /// <summary>Beyond it a client is told to back off.</summary>
    private const int WaitingMax = 4096;

    /// <summary>Answers kept for clients that ask again; older ones are gone.</summary>
    private const int KeptMax = 8192;

    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(WaitingMax);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<Answer>> _answers = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly Task _working;
    private long _last;

    internal Futures() => _working = Task.Run(WorkAsync);

    /// <param name="line">Whose sequence numbers: a model's, which order its work, or a sampling session's.</param>
    /// <param name="sequence">From 1; null runs when its turn comes.</param>
    /// <param name="content">What tells the same request, sent again, from another one.</param>
    /// <param name="ordered">Whether a number waits for those below it.</param>
    /// <returns>The future's id; of the first where a request is sent again.</returns>
    internal string Submit(string line, int? sequence, string content, bool ordered, Func<Answer> act)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(line, out Line? own))
            {
                // Those below it will never come: they were for a server that was here before this one.
                if (ordered && sequence > 1)
                {
                    throw new ServingException(ServingException.Unknown, $"there is no model '{line}'");
                }

                _lines[line] = own = new Line();
            }

            if (sequence is { } number && own.Seen.TryGetValue(number, out (string Content, string Id) before))
            {
                return before.Content == content ? before.Id : throw new ServingException(
                    ServingException.Conflict, $"seq_id {number} was used before for another request");
            }

            if (_queue.Reader.Count + _lines.Values.Sum(each => each.Waiting.Count) >= WaitingMax)
            {
                throw new ServingException(ServingException.TooMany, "too many requests wait: try again later");
            }

            string id = FormattableString.Invariant($"future-{++_last}");
            Work work = new(act);
            Keep(id, work.Done.Task);
            if (sequence is { } at)
            {
                own.Seen[at] = (content, id);
            }

            if (sequence is null || !ordered)
            {
                _queue.Writer.TryWrite(work);
            }
            else
            {
                own.Waiting[sequence.Value] = work;
                while (own.Waiting.Remove(own.Next, out Work? ready))
                {
                    own.Next++;
                    _queue.Writer.TryWrite(ready);
                }
            }

            return id;
        }
    }

    /// <summary>Does something on the worker, when its turn comes, and waits for it.</summary>
    /// <exception cref="ServingException">As the work threw it.</exception>
    /// <exception cref="TrainingException">As the work threw it.</exception>
    internal async Task<T> RunAsync<T>(Func<T> act, CancellationToken cancellationToken)
        where T : class
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Submit("", null, "", ordered: false, () =>
        {
            try
            {
                done.SetResult(act());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }

            return new Answer(new { });
        });
        return await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null: not yet.</summary>
    internal async Task<Answer?> WaitAsync(
        string id, TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        Task<Answer>? answer;
        lock (_lock)
        {
            if (!_answers.TryGetValue(id, out answer))
            {
                bool existed = id.StartsWith("future-", StringComparison.Ordinal)
                    && long.TryParse(id.AsSpan("future-".Length), out long number) && number <= _last;
                throw existed
                    ? new ServingException(ServingException.Gone, $"{id} was answered too long ago: ask anew")
                    : new ServingException(ServingException.Unknown, $"there is no future '{id}'");
            }
        }

        try
        {
            return await answer.WaitAsync(longest, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!answer.IsCompleted)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _working.ConfigureAwait(false);
    }

    private void Keep(string id, Task<Answer> answer)
    {
        _answers[id] = answer;
        _order.Enqueue(id);
        while (_order.Count > KeptMax && _answers[_order.Peek()].IsCompleted)
        {
            _answers.Remove(_order.Dequeue());
        }
    }

    private async Task WorkAsync()
    {
        await foreach (Work work in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                work.Done.SetResult(work.Act());
            }
            catch (Exception exception)
            {
                // Whoever waits hears of it; the server goes on.
                bool users = exception is TrainingException { Reason: TrainingFailure.BadInput } or ServingException;
                string category = users ? "user" : "server";
                work.Done.SetResult(new Answer(new { Error = exception.Message, Category = category }));
            }
        }
    }

    private sealed record Work(Func<Answer> Act)
    {
        internal TaskCompletionSource<Answer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Line
    {
        internal int Next { get; set; } = 1;

        internal Dictionary<int, Work> Waiting { get; } = [];

        internal Dictionary<int, (string Content, string Id)> Seen { get; } = [];
    }
}
