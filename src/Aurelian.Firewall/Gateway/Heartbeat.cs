using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>
/// Once a second: keeps the gates of the living open, and asks the kernel how many refusals were over the log's budget.
/// </summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);
    private readonly Lock _reading = new();
    private readonly SetElements _sets;
    private readonly GatewayState _state;
    private readonly FirewallLog _log;
    private readonly ITimer _timer;

    internal Heartbeat(Gate gate, SetElements sets, GatewayState state, FirewallLog log, TimeProvider time)
    {
        _sets = sets;
        _state = state;
        _log = log;
        _timer = time.CreateTimer(_ => Run(gate), null, Beat, Beat);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    internal void TryReadUntold() => Try(ReadUntold);

    /// <summary>What was refused but not logged since the last look: gaps that the sandboxes caused.</summary>
    internal void ReadUntold()
    {
        lock (_reading)
        {
            foreach ((string name, long packets) in _sets.Count(GatewayRules.UntoldSet))
            {
                long fresh = packets - _told.GetValueOrDefault(name);
                _told[name] = packets;
                if (fresh > 0)
                {
                    _log.Lose(SourceNames.Network, _state.FindByInterface(name)?.Subject ?? default, fresh,
                        causedBySandbox: true);
                }
            }
        }
    }

    private void Run(Gate gate) => Try(() =>
    {
        gate.Renew();
        ReadUntold();
    });

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            // Whatever it was: a heart that missed a beat is not asked to vouch for the next one.
            _log.Degrade(SourceNames.Network, exception.Message);
        }
    }
}
