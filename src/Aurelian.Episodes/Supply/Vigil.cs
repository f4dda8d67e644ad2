using Aurelian.Events;

namespace Aurelian.Episodes;

/// <summary>
/// Watches the watchers: a source that was seeing and is not any more makes every verdict from then on unknown, is
/// said, and closes every gate, since nobody could say what happens behind an open one.
/// </summary>
/// <remarks>
/// Covers: what a source says of itself. Does not cover: one that hangs without a word; it cannot be drained at the
/// episode's end, and the verdict is unknown by that.
/// </remarks>
internal sealed class Vigil : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, SourceState> _states = new(StringComparer.Ordinal);
    private readonly Func<IReadOnlyList<SourceCoverage>> _coverage;
    private readonly Action<SourceCoverage> _onLoss;
    private readonly Lock _looking = new();
    private readonly ITimer _timer;

    /// <param name="onLoss">Called for each source once; must not throw.</param>
    internal Vigil(Func<IReadOnlyList<SourceCoverage>> coverage, Action<SourceCoverage> onLoss, TimeProvider time)
    {
        _coverage = coverage;
        _onLoss = onLoss;
        foreach (SourceCoverage source in coverage())
        {
            _states[source.Name] = source.State;
        }

        _timer = time.CreateTimer(_ => Look(), null, Step, Step);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Also asked before each verdict: none is given on what was seen half a second ago.</summary>
    internal void Look()
    {
        lock (_looking)
        {
            foreach (SourceCoverage source in _coverage())
            {
                SourceState before = _states.GetValueOrDefault(source.Name, SourceState.Full);
                _states[source.Name] = source.State;
                if (source.State > before)
                {
                    _onLoss(source);
                }
            }
        }
    }
}
