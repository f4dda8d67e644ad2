using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>The processor time that a call's cgroup spent, and whether it wrote anything down meanwhile.</summary>
internal sealed class CallBurn
{
    /// <summary>Ten minutes at a sample a second.</summary>
    private const int SamplesMax = 600;

    private readonly Queue<(long Ns, double CpuSeconds, long Seq)> _samples = new();

    internal bool Wrote { get; set; }

    /// <summary>What the call ran that no honest work needs; null when nothing such was seen.</summary>
    internal string? Marked { get; set; }

    internal void Add(Event occurred, Fact.ResourceSampled sampled)
    {
        _samples.Enqueue((occurred.MonotonicNs, sampled.CpuSeconds, occurred.Seq));
        if (_samples.Count > SamplesMax)
        {
            _samples.Dequeue();
        }
    }

    /// <summary>The cores kept busy on average since a moment, and the last sample that says so.</summary>
    internal (double Cores, long Seq) Since(long ns)
    {
        (long Ns, double CpuSeconds, long Seq) first = _samples.FirstOrDefault(sample => sample.Ns >= ns);
        (long Ns, double CpuSeconds, long Seq) last = _samples.LastOrDefault();
        return first.Seq == 0 || last.Ns <= first.Ns
            ? (0, 0) : ((last.CpuSeconds - first.CpuSeconds) / ((last.Ns - first.Ns) / 1e9), last.Seq);
    }
}
