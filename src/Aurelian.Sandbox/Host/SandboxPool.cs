using System.Collections.Concurrent;
using System.Globalization;

namespace Aurelian.Sandbox;

/// <summary>
/// Sandboxes that nobody had yet, made ahead in the background: making one costs a runtime's start, taking one a look
/// into a queue. One that comes back is ended; where the pool recycles, the next one is built in what is left of it.
/// </summary>
internal sealed class SandboxPool : IAsyncDisposable
{
    /// <summary>Making one waits for the kernel and the runtime more than it computes.</summary>
    private const int Workers = 2;

    /// <summary>Longer than a rebuild takes on a busy machine; after that whoever waits makes his own.</summary>
    private static readonly TimeSpan ComingMax = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<RunningSandbox> _ready = new();
    private readonly ConcurrentQueue<RunningSandbox> _returned = new();
    private readonly ConcurrentQueue<SandboxShell> _shells = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _work = new(Workers);
    private readonly SemaphoreSlim _came = new(0);
    private readonly Lock _counting = new();
    private readonly SandboxPoolConfig _config;
    private readonly SandboxHost _host;
    private readonly Func<string, ResourceLimits, NetworkSlot?, CancellationToken, Task<RunningSandbox>> _make;
    private readonly Task[] _workers;
    private int _made, _coming, _ahead, _alive;

    internal SandboxPool(
        SandboxPoolConfig config, SandboxHost host,
        Func<string, ResourceLimits, NetworkSlot?, CancellationToken, Task<RunningSandbox>> make)
    {
        _config = config;
        _host = host;
        _make = make;
        _workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(WorkAsync))];
    }

    internal int Ready => _ready.Count;

    /// <summary>
    /// One that is ready, else one made now. An error in making shows here, to whom it concerns, and not in the
    /// background.
    /// </summary>
    internal async Task<RunningSandbox> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_ready.TryDequeue(out RunningSandbox? sandbox))
            {
                _work.Release();
                if (sandbox.IsAlive)
                {
                    return sandbox;
                }

                await DropAsync(sandbox).ConfigureAwait(false);
            }
            else if (!IsComing || !await _came.WaitAsync(ComingMax, cancellationToken).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _alive);
                return await MakeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes one back; it is ended in the background.</summary>
    internal void Return(RunningSandbox sandbox)
    {
        _returned.Enqueue(sandbox);
        _work.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        // Those still in the queues end with the host, as all others do.
        while (_shells.TryDequeue(out SandboxShell? shell))
        {
            await DiscardAsync(shell).ConfigureAwait(false);
        }

        _ending.Dispose();
        _work.Dispose();
        _came.Dispose();
    }

    /// <summary>A rebuild is done sooner than a runtime starts.</summary>
    private bool IsComing =>
        _config.Recycles && (!_returned.IsEmpty || !_shells.IsEmpty || Volatile.Read(ref _coming) > 0);

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(_ending.Token).ConfigureAwait(false);
                while (!_ending.IsCancellationRequested && await StepAsync().ConfigureAwait(false))
                {
                }
            }
        }
        catch (Exception)
        {
            // The host ends, or sandboxes cannot be made: the next taker makes his own, and is told why.
        }
    }

    /// <summary>Broken off at the end only while a runtime starts: nobody waits for one that hangs.</summary>
    private async Task<bool> StepAsync()
    {
        if (_returned.TryDequeue(out RunningSandbox? returned))
        {
            try
            {
                await EndAsync(returned).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SandboxException or IOException)
            {
                // It does not end as it should: neither it nor its slot serves anybody, and the host's end takes it.
                Interlocked.Decrement(ref _alive);
            }

            return true;
        }

        if (!TryClaim(out SandboxShell? shell))
        {
            return false;
        }

        try
        {
            RunningSandbox? next = shell is null
                ? await MakeAsync(_ending.Token).ConfigureAwait(false)
                : await RebuildAsync(shell).ConfigureAwait(false);
            if (next is not null)
            {
                _ready.Enqueue(next);
                _came.Release();
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _coming);
        }
    }

    /// <summary>Whether one more is wanted, and what it may be built in; null: nothing, it is to be made.</summary>
    private bool TryClaim(out SandboxShell? shell)
    {
        lock (_counting)
        {
            shell = null;
            bool wanted = _ready.Count + _coming < _config.Size && _ahead < (_config.AheadMax ?? int.MaxValue);
            // As many in use as ready, and one that is wanted waits for one that comes back.
            bool mayMake = !_config.Recycles || _alive < 2 * _config.Size;
            if (!wanted || (!_shells.TryDequeue(out shell) && !mayMake))
            {
                return false;
            }

            _alive += shell is null ? 1 : 0;
            _coming++;
            _ahead++;
            return true;
        }
    }

    private async Task<RunningSandbox> MakeAsync(CancellationToken cancellationToken)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"ready-{Interlocked.Increment(ref _made)}");
        NetworkSlot? slot = _config.Slots?.Acquire();
        try
        {
            return await _make(name, _config.Limits, slot, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _alive);
            if (slot is not null)
            {
                _config.Slots!.Release(slot);
            }

            throw;
        }
    }

    /// <summary>Null where it came out otherwise than the runtime's: the runtime makes the next one then.</summary>
    private async Task<RunningSandbox?> RebuildAsync(SandboxShell shell)
    {
        try
        {
            return await _host.RebuildAsync(shell, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            await DiscardAsync(shell).ConfigureAwait(false);
            return null;
        }
    }

    private async Task EndAsync(RunningSandbox sandbox)
    {
        if (!_config.Recycles || !sandbox.MayServeAgain)
        {
            await DropAsync(sandbox).ConfigureAwait(false);
        }
        else if (await sandbox.EndAsync().ConfigureAwait(false) is { } shell)
        {
            _shells.Enqueue(shell);
        }
    }

    private async Task DropAsync(RunningSandbox sandbox)
    {
        if (await sandbox.EndAsync().ConfigureAwait(false) is { } shell)
        {
            await DiscardAsync(shell).ConfigureAwait(false);
        }
    }

    private async Task DiscardAsync(SandboxShell shell)
    {
        await _host.DiscardAsync(shell).ConfigureAwait(false);
        Interlocked.Decrement(ref _alive);
        if (shell.Slot is { } slot)
        {
            _config.Slots!.Release(slot);
        }
    }
}
