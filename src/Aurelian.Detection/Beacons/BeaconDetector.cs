using System.Net;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Connections to one place at even distances: symmetric gaps (Bowley's skewness) that hardly vary (median absolute
/// deviation over the median), as RITA scores them.
/// </summary>
/// <remarks>
/// Low, and no more: monitoring agents, health checks and polls are as regular. Evidence beside other findings. Does
/// not cover: beats within one connection, or with much jitter.
/// </remarks>
internal sealed class BeaconDetector(BeaconOptions options) : IDetector
{
    private const int PairsMax = 8192;

    private readonly BoundedMap<(Actor, IPAddress, int), State> _pairs = new(PairsMax);

    public string Name => "tunnel-beacon";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (occurred.Fact is not Fact.FlowOpened { Transport: Transport.Tcp } opened
            || IPAddress.IsLoopback(opened.Destination.Address)
            || !Actor.TryRead(occurred.Subject, opened.Source.Address, out Actor actor))
        {
            return;
        }

        (Actor, IPAddress, int) key = (actor, opened.Destination.Address, opened.Destination.Port);
        State? state = _pairs.Find(key);
        if (state is null)
        {
            state = new State();
            _pairs.Set(key, state);
        }

        if (state.Found || !state.Add(occurred, options.GapsMin))
        {
            return;
        }

        (double score, double median) = Score(state.Gaps);
        if (score >= options.ScoreMin && median >= options.GapMin.TotalSeconds)
        {
            state.Found = true;
            findings.Add(new Finding
            {
                Rule = Name,
                RuleVersion = 1,
                Category = Category.Tunnel,
                Severity = Severity.Low,
                Confidence = 0.3,
                Subject = occurred.Subject,
                Flow = opened.Flow,
                Evidence = [.. state.Evidence],
                Explanation = $"called {opened.Destination} every {median:0.0} s",
                Technique = "T1071",
                CompletedAtNs = occurred.MonotonicNs,
            });
        }
    }

    private static (double Score, double Median) Score(IEnumerable<double> gaps)
    {
        double[] ordered = [.. gaps.Order()];
        double first = Quantile(ordered, 0.25), median = Quantile(ordered, 0.5), third = Quantile(ordered, 0.75);
        // Quartiles closer than clocks are read tell no side from the other.
        double skew = third - first < 0.01 * median ? 0 : (third + first - (2 * median)) / (third - first);
        double deviation = Quantile([.. ordered.Select(gap => Math.Abs(gap - median)).Order()], 0.5);
        double spread = median <= 0 ? 1 : Math.Min(1, deviation / median);
        return ((1 - Math.Abs(skew) + 1 - spread) / 2, median);
    }

    private static double Quantile(double[] ordered, double share) => ordered[(int)((ordered.Length - 1) * share)];

    private sealed class State
    {
        private long _lastNs;

        internal Queue<double> Gaps { get; } = new();

        internal Queue<long> Evidence { get; } = new();

        internal bool Found { get; set; }

        /// <summary>True once there are enough gaps.</summary>
        internal bool Add(Event occurred, int gaps)
        {
            if (_lastNs != 0)
            {
                Gaps.Enqueue(Math.Max(0, occurred.MonotonicNs - _lastNs) / 1e9);
            }

            _lastNs = occurred.MonotonicNs;
            Evidence.Enqueue(occurred.Seq);
            while (Gaps.Count > gaps)
            {
                Gaps.Dequeue();
                Evidence.Dequeue();
            }

            return Gaps.Count >= gaps;
        }
    }
}
