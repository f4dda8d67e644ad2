using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// The processor time that a call's cgroup spent and what it put out meanwhile, before and after the call's end.
/// </summary>
internal sealed class CallBurn
{
    /// <summary>Ten minutes at a sample a second.</summary>
    private const int SamplesMax = 600;

    /// <summary>A file that was closed after writing holds at least a page for whoever wrote it.</summary>
    private const long FileBytes = 4096;

    private readonly Queue<(long Ns, double CpuSeconds, long Seq)> _samples = new();
    private long? _written;

    internal CallMark Mark { get; private set; }

    /// <summary>Since the call began, or since it ended once it has.</summary>
    internal (long Ns, double CpuSeconds, long Seq) Beginning { get; private set; }

    internal (long Ns, double CpuSeconds, long Seq) Last { get; private set; }

    internal bool Ended { get; private set; }

    internal bool Wrote { get; private set; }

    internal int ThreadsRunning { get; private set; }

    internal int Cores { get; private set; }

    /// <summary>Bytes written since <see cref="Beginning"/>, a few of them perhaps into sockets.</summary>
    internal long BytesOut { get; private set; }

    internal Severity Told { get; set; }

    internal double CoreSeconds => Last.CpuSeconds - Beginning.CpuSeconds;

    internal double Seconds => (Last.Ns - Beginning.Ns) / 1e9;

    internal void AddMark(CallMark mark) => Mark = mark.Weight > Mark.Weight ? mark : Mark;

    internal void AddFile()
    {
        Wrote = true;
        BytesOut += FileBytes;
    }

    internal void Add(Event occurred, Fact.ResourceSampled sampled)
    {
        Last = (occurred.MonotonicNs, sampled.CpuSeconds, occurred.Seq);
        Beginning = Beginning.Seq == 0 ? Last : Beginning;
        _samples.Enqueue(Last);
        if (_samples.Count > SamplesMax)
        {
            _samples.Dequeue();
        }

        if (sampled.Burn is not { } burn)
        {
            return;
        }

        (ThreadsRunning, Cores) = (burn.ThreadsRunning, burn.Cores);
        if (burn.BytesWritten is { } written)
        {
            // A process that ended without being waited for takes its count along: that is no output.
            BytesOut += Math.Max(0, written - (_written ?? written));
            _written = written;
        }
    }

    /// <summary>From here on what is burnt outlives the call.</summary>
    internal void End(Event occurred, double? cpuSeconds)
    {
        Ended = true;
        Beginning = (occurred.MonotonicNs, Math.Max(cpuSeconds ?? 0, Last.CpuSeconds), occurred.Seq);
        Last = Beginning;
        BytesOut = 0;
    }

    /// <summary>Known to put out less than this. Where nobody says what was written, nobody is silent.</summary>
    internal bool IsSilent(double bytesPerCoreSecond) =>
        _written is not null && BytesOut <= CoreSeconds * bytesPerCoreSecond;

    /// <summary>The cores kept busy on average since a moment, and the last sample that says so.</summary>
    internal (double Cores, long Seq) Since(long ns)
    {
        (long Ns, double CpuSeconds, long Seq) first = _samples.FirstOrDefault(sample => sample.Ns >= ns);
        (long Ns, double CpuSeconds, long Seq) last = _samples.LastOrDefault();
        return first.Seq == 0 || last.Ns <= first.Ns
            ? (0, 0) : ((last.CpuSeconds - first.CpuSeconds) / ((last.Ns - first.Ns) / 1e9), last.Seq);
    }
}
