using Aurelian.Events;

namespace Aurelian.Investigation;

/// <summary>
/// The ticks of files that recorded none: one a second, as live; in a silence longer than ten seconds at doubling
/// distances, so that a year between two lines costs thirty ticks.
/// </summary>
/// <param name="made">False: every file has its own, and none are made up.</param>
internal sealed class TickClock(bool made)
{
    private const long SecondNs = 1_000_000_000;
    private const int EvenMax = 10;

    /// <summary>How far time goes on behind the last line: longer than any detector waits for something.</summary>
    private const long AfterEndNs = 600 * SecondNs;

    private long? _lastNs;

    internal static Fact Fact { get; } = new Fact.Tick();

    /// <summary>The ticks between what was seen last and this; time never runs backwards.</summary>
    internal IEnumerable<long> Before(in Observation next) => Until(next.MonotonicNs, next.Fact is Fact.Tick);

    internal IEnumerable<long> AtEnd() => made && _lastNs is { } last ? Until(last + AfterEndNs, false) : [];

    private IEnumerable<long> Until(long ns, bool isTick)
    {
        if (_lastNs is null || isTick)
        {
            _lastNs = Math.Max(_lastNs ?? ns, ns);
            return [];
        }

        return made && ns - _lastNs >= SecondNs ? Pass(ns) : [];
    }

    private IEnumerable<long> Pass(long ns)
    {
        long step = SecondNs;
        for (int count = 0; ns - _lastNs!.Value >= step; count++)
        {
            _lastNs += step;
            yield return _lastNs.Value;
            step *= count >= EvenMax ? 2 : 1;
        }

        // The rest of a long silence: one tick right before what comes.
        if (step > SecondNs && ns - _lastNs.Value >= SecondNs)
        {
            _lastNs = ns;
            yield return ns;
        }
    }
}
