using Aurelian.Events;
using Aurelian.Sandbox;
using Aurelian.Store;

namespace Aurelian.Episodes;

/// <summary>
/// Writes events to the store on a thread of its own, in batches of what has come meanwhile: detection and containment
/// never wait for a disk.
/// </summary>
internal sealed class TimelineRecorder : IEventReader, IDisposable
{
    private const int WaitingMax = 1 << 17;
    private const int BatchMax = 4096;

    /// <summary>A transaction for each event would cost more than the event.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(20);

    private readonly Handoff<Item> _waiting = new(WaitingMax);
    private readonly TimelineWriter _writer;
    private readonly Action<StoreException> _onFailure;
    private readonly Thread _thread;
    private volatile StoreException? _failure;

    /// <param name="onFailure">Called once, when the store can take no more: what happens then is on no record.</param>
    internal TimelineRecorder(TimelineWriter writer, Action<StoreException> onFailure)
    {
        _writer = writer;
        _onFailure = onFailure;
        _thread = new Thread(Work) { IsBackground = true, Name = "timeline" };
        _thread.Start();
    }

    internal StoreException? Failure => _failure;

    public void Read(Event occurred, ICollection<Observation> consequences)
    {
        if (_failure is null && !_waiting.TryAdd(new Item(occurred, null)))
        {
            Fail(new StoreException(StoreFailure.CannotWrite, "The timeline's disk is slower than its events."));
        }
    }

    /// <summary>Completes when everything read before is acknowledged by the store; throws when it cannot be.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.AddMarker(new Item(null, flushed));
        await flushed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    public void Dispose()
    {
        _waiting.Close();
        _thread.Join();
        _writer.Dispose();
    }

    private void Work()
    {
        Item[] taken = new Item[BatchMax];
        List<Event> batch = new(BatchMax);
        for (int count = _waiting.Take(taken, Linger); count > 0; count = _waiting.Take(taken, Linger))
        {
            foreach (ref readonly Item item in taken.AsSpan(0, count))
            {
                if (item.Event is { } occurred)
                {
                    batch.Add(occurred);
                }
            }

            Write(batch);
            batch.Clear();
            foreach (ref readonly Item item in taken.AsSpan(0, count))
            {
                item.Flushed?.SetResult();
            }

            taken.AsSpan(0, count).Clear();
        }
    }

    private void Write(List<Event> batch)
    {
        if (batch.Count == 0 || _failure is not null)
        {
            return;
        }

        try
        {
            _writer.Append(batch);
        }
        catch (Exception exception)
        {
            // Whatever it was: what cannot be written now would be missing between two others.
            Fail(exception as StoreException ?? new StoreException(
                StoreFailure.CannotWrite, $"The timeline cannot be written: {exception.Message}", exception));
        }
    }

    private void Fail(StoreException failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is null)
        {
            _onFailure(failure);
        }
    }

    private readonly record struct Item(Event? Event, TaskCompletionSource? Flushed);
}
