using System.Threading.Channels;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Episodes;

/// <summary>
/// Reads every event of the run in order, on the sequencer's thread: it must not block. One that throws has missed an
/// event, which the run's coverage says from then on; the others read on.
/// </summary>
internal interface IEventReader
{
    /// <summary>What follows from the event takes its place right after it.</summary>
    void Read(Event occurred, ICollection<Observation> consequences);
}

/// <summary>
/// Gives every observation its place in the run, once: one thread, one order, the same for detectors, store and people.
/// </summary>
/// <remarks>
/// Bounded twice: in all, and for each sandbox. What does not fit is dropped and counted, and the count becomes a
/// <see cref="Fact.Gap"/> under the sandbox that it belongs to.
/// </remarks>
internal sealed class Sequencer : IObservationSink, IAsyncDisposable
{
    /// <summary>A second of the busiest source at about 100,000 events a second.</summary>
    private const int WaitingMax = 1 << 17;

    /// <summary>An eighth of all: eight sandboxes may flood at once and the ninth still fits.</summary>
    private const int LaneMax = WaitingMax / 8;

    private readonly Channel<Item> _waiting = Channel.CreateBounded<Item>(new BoundedChannelOptions(WaitingMax)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
        // The writer itself wakes our thread: by way of the thread pool it could wait behind blocked workers.
        AllowSynchronousContinuations = true,
    });

    private readonly LaneCounts _lanes = new(LaneMax);
    private readonly List<Observation> _consequences = [];
    private readonly IReadOnlyList<IEventReader> _readers;
    private readonly SteadyTime _clock;
    private readonly RunId _run;
    private readonly Thread _thread;
    private readonly ITimer _ticker;
    private volatile string? _broken;
    private long _seq, _received, _dropped;

    internal Sequencer(RunId run, SteadyTime time, IReadOnlyList<IEventReader> readers)
    {
        _run = run;
        _clock = time;
        _readers = readers;
        _thread = UrgentThread.Start("sequencer", Work);
        TimeSpan second = TimeSpan.FromSeconds(1);
        _ticker = time.CreateTimer(_ => Tick(), null, second, second);
    }

    /// <summary>Of what the run itself posts, and of everybody's way to the readers.</summary>
    internal SourceCoverage Coverage
    {
        get
        {
            long received = Interlocked.Read(ref _received), dropped = Interlocked.Read(ref _dropped);
            return new SourceCoverage(
                SourceNames.Agent, _broken is null ? SourceState.Full : SourceState.Partial,
                _broken ?? "the run itself", received, received - dropped, dropped, 0);
        }
    }

    public bool TryPost(string source, in Observation observation)
    {
        SandboxId? sandbox = observation.Subject.Sandbox;
        Interlocked.Add(ref _received, source == SourceNames.Agent ? 1 : 0);
        if (_lanes.TryEnter(sandbox))
        {
            if (_waiting.Writer.TryWrite(new Item(observation, Laned: true)))
            {
                return true;
            }

            _lanes.Leave(sandbox);
        }

        Interlocked.Add(ref _dropped, source == SourceNames.Agent ? 1 : 0);
        _lanes.Drop(sandbox, source);
        return false;
    }

    /// <summary>Completes when everything posted before the call has been read by every reader.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        PostGaps();
        TaskCompletionSource passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Item(default, Passed: passed), cancellationToken).ConfigureAwait(false);
        await passed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the lane of a sandbox that is gone.</summary>
    internal void Forget(SandboxId sandbox) => _lanes.Remove(sandbox);

    public async ValueTask DisposeAsync()
    {
        await _ticker.DisposeAsync().ConfigureAwait(false);
        _waiting.Writer.TryComplete();
        _thread.Join();
    }

    private void Tick()
    {
        PostGaps();
        TryPost(SourceNames.Agent, new Observation(MonotonicClock.NowNs, new Subject(_run), new Fact.Tick()));
    }

    private void PostGaps()
    {
        foreach ((SandboxId? sandbox, string source, long dropped) in _lanes.TakeDropped())
        {
            // A full lane is the flooding sandbox's own doing; only a drop that belongs to no sandbox is ours.
            Observation gap = new(
                MonotonicClock.NowNs, new Subject(_run, Sandbox: sandbox, Episode: EpisodeOf(sandbox)),
                new Fact.Gap(source, dropped, CausedBySandbox: sandbox is not null));
            // Not through a lane: the news of a full lane must not wait behind it.
            if (!_waiting.Writer.TryWrite(new Item(gap)))
            {
                _lanes.Drop(sandbox, source, dropped);
            }
        }
    }

    private static EpisodeId? EpisodeOf(SandboxId? sandbox) =>
        sandbox is { } id ? new EpisodeId(id.Value.Split('.')[0]) : null;

    private void Work()
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_waiting.Reader.TryRead(out Item item))
            {
                if (item.Passed is { } passed)
                {
                    passed.SetResult();
                    continue;
                }

                if (item.Laned)
                {
                    _lanes.Leave(item.Observation.Subject.Sandbox);
                }

                Sequence(item.Observation);
            }
        }
    }

    private void Sequence(in Observation observation)
    {
        Event occurred = new(
            ++_seq, _clock.ToUtc(observation.MonotonicNs), observation.MonotonicNs,
            observation.Subject with { Run = _run }, observation.Fact);
        foreach (IEventReader reader in _readers)
        {
            try
            {
                reader.Read(occurred, _consequences);
            }
            catch (Exception exception)
            {
                _broken ??= $"{reader.GetType().Name} failed at event {_seq}: {exception.Message}";
            }
        }

        if (_consequences.Count == 0)
        {
            return;
        }

        Observation[] following = [.. _consequences];
        _consequences.Clear();
        foreach (Observation next in following)
        {
            Sequence(next);
        }
    }

    private readonly record struct Item(
        Observation Observation, bool Laned = false, TaskCompletionSource? Passed = null);
}
