using System.Threading.Channels;
using Aurelian.Events;
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

    private readonly Channel<Item> _waiting = Channel.CreateBounded<Item>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

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
        if (_failure is null && !_waiting.Writer.TryWrite(new Item(occurred, null)))
        {
            Fail(new StoreException(StoreFailure.CannotWrite, "The timeline's disk is slower than its events."));
        }
    }

    /// <summary>Completes when everything read before is acknowledged by the store; throws when it cannot be.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Item(null, flushed), cancellationToken).ConfigureAwait(false);
        await flushed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
        _writer.Dispose();
    }

    private void Work()
    {
        List<Event> batch = new(BatchMax);
        List<TaskCompletionSource> flushes = [];
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < BatchMax && _waiting.Reader.TryRead(out Item item))
            {
                if (item.Event is { } occurred)
                {
                    batch.Add(occurred);
                }
                else
                {
                    flushes.Add(item.Flushed!);
                }
            }

            Write(batch);
            flushes.ForEach(flushed => flushed.SetResult());
            flushes.Clear();
            batch.Clear();
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
