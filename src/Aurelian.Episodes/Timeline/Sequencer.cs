using System.Buffers;
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

    private const int BatchMax = 256;

    private readonly Handoff<Item> _waiting = new(WaitingMax);
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
            if (_waiting.TryAdd(new Item(observation, Laned: true)))
            {
                return true;
            }

            _lanes.Leave(sandbox);
        }

        Interlocked.Add(ref _dropped, source == SourceNames.Agent ? 1 : 0);
        _lanes.Drop(sandbox, source);
        return false;
    }

    public int PostAll(string source, ReadOnlySpan<Observation> observations)
    {
        Item[] items = ArrayPool<Item>.Shared.Rent(observations.Length);
        int count = 0;
        foreach (ref readonly Observation observation in observations)
        {
            if (_lanes.TryEnter(observation.Subject.Sandbox))
            {
                items[count++] = new Item(observation, Laned: true);
            }
            else
            {
                _lanes.Drop(observation.Subject.Sandbox, source);
            }
        }

        int added = _waiting.AddAll(items.AsSpan(0, count));
        foreach (ref readonly Item left in items.AsSpan(added, count - added))
        {
            _lanes.Leave(left.Observation.Subject.Sandbox);
            _lanes.Drop(left.Observation.Subject.Sandbox, source);
        }

        ArrayPool<Item>.Shared.Return(items, clearArray: true);
        Interlocked.Add(ref _received, source == SourceNames.Agent ? observations.Length : 0);
        Interlocked.Add(ref _dropped, source == SourceNames.Agent ? observations.Length - added : 0);
        return added;
    }

    /// <summary>Completes when everything posted before the call has been read by every reader.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        PostGaps();
        TaskCompletionSource passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.AddMarker(new Item(default, Passed: passed));
        await passed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the lane of a sandbox that is gone.</summary>
    internal void Forget(SandboxId sandbox) => _lanes.Remove(sandbox);

    public async ValueTask DisposeAsync()
    {
        await _ticker.DisposeAsync().ConfigureAwait(false);
        _waiting.Close();
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
            if (!_waiting.TryAdd(new Item(gap)))
            {
                _lanes.Drop(sandbox, source, dropped);
            }
        }
    }

    private static EpisodeId? EpisodeOf(SandboxId? sandbox) =>
        sandbox is { } id ? new EpisodeId(id.Value.Split('.')[0]) : null;

    private void Work()
    {
        Item[] batch = new Item[BatchMax];
        for (int count = _waiting.Take(batch); count > 0; count = _waiting.Take(batch))
        {
            foreach (ref readonly Item item in batch.AsSpan(0, count))
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

            batch.AsSpan(0, count).Clear();
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
