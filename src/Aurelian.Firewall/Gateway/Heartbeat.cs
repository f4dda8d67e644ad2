using System.Globalization;
using System.Text.RegularExpressions;
using Aurelian.Events;

namespace Aurelian.Firewall;

/// <summary>
/// Once a second: keeps the gates of the living open, and asks the kernel how many refusals were over the log's budget.
/// </summary>
internal sealed partial class Heartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);
    private readonly Lock _reading = new();
    private readonly Nftables _rules;
    private readonly GatewayState _state;
    private readonly FirewallLog _log;
    private readonly ITimer _timer;

    internal Heartbeat(Gate gate, Nftables rules, GatewayState state, FirewallLog log, TimeProvider time)
    {
        _rules = rules;
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
            foreach ((string name, long packets) in Parse(_rules.Run(GatewayRules.ListUntold)))
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

    /// <summary><c>elements = { "s0" counter packets 5 bytes 420, … }</c></summary>
    internal static IEnumerable<(string Interface, long Packets)> Parse(string listing) =>
        Element().Matches(listing).Select(match => (
            match.Groups[1].Value, long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)));

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

    [GeneratedRegex("""
        "([^"\s]+)" counter packets (\d+)
        """)]
    private static partial Regex Element();
}
