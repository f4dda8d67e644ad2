using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// The processor time that a call's cgroup spent, or would have where the machine has others to serve, and what it put
/// out meanwhile, before and after the call's end.
/// </summary>
/// <remarks>
/// A thread that is ready whenever it is looked at wants a core, whatever it gets: so the same program is judged alike
/// on an idle machine and on a busy one.
/// </remarks>
internal sealed class CallBurn
{
    /// <summary>Ten minutes at a sample a second.</summary>
    private const int SamplesMax = 600;

    /// <summary>A file that was closed after writing holds at least a page for whoever wrote it.</summary>
    private const long FileBytes = 4096;

    /// <summary>A file's event may come this much later than the call's end that came after its writing.</summary>
    private const long FileLatenessNs = 1_000_000_000;

    /// <summary>Samples farther apart say nothing of what lay between.</summary>
    private const double GapMax = 3;

    /// <summary>A handshake may lie before the first look; a flow is measured every ten seconds only.</summary>
    private const int SentSlack = 1024;

    private const double SentShare = 0.05;

    /// <summary>Less is within the slack.</summary>
    private const int SentMin = 4 * SentSlack;

    private readonly Queue<(long Ns, double CoreSeconds, long Seq)> _samples = new();
    private long? _written;
    private long _sent;
    private double _cpuSeconds, _coreSeconds;
    private bool _fromMemory;

    internal CallMark Mark { get; private set; }

    /// <summary>Since the call began, or since it ended once it has.</summary>
    internal (long Ns, double CoreSeconds, long Seq) Beginning { get; private set; }

    internal (long Ns, double CoreSeconds, long Seq) Last { get; private set; }

    internal bool Ended { get; private set; }

    internal int ThreadsRunning { get; private set; }

    internal int Cores { get; private set; }

    internal bool Wrote { get; private set; }

    /// <summary>Bytes written since <see cref="Beginning"/>, a few of them perhaps into sockets.</summary>
    internal long BytesOut { get; private set; }

    internal Severity Told { get; set; }

    internal double CoreSeconds => Last.CoreSeconds - Beginning.CoreSeconds;

    internal double Seconds => (Last.Ns - Beginning.Ns) / 1e9;

    internal void AddMark(CallMark mark) => Mark = mark.Weight > Mark.Weight ? mark : Mark;

    internal void AddFile(long ns)
    {
        Wrote = true;
        BytesOut += Ended && ns - Beginning.Ns < FileLatenessNs ? 0 : FileBytes;
    }

    internal void Add(Event occurred, Fact.ResourceSampled sampled)
    {
        double seconds = Last.Seq == 0 ? 0 : Math.Min(GapMax, (occurred.MonotonicNs - Last.Ns) / 1e9);
        double spent = Math.Max(0, sampled.CpuSeconds - _cpuSeconds);
        double wanted = sampled.Burn is { } shape ? Math.Min(shape.ThreadsRunning, shape.Cores) * seconds : 0;
        _coreSeconds += Math.Max(spent, wanted);
        _cpuSeconds = Math.Max(_cpuSeconds, sampled.CpuSeconds);
        Last = (occurred.MonotonicNs, _coreSeconds, occurred.Seq);
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
            BytesOut += _fromMemory ? 0 : Math.Max(0, written - (_written ?? written));
            _written = written;
            _fromMemory = false;
        }
    }

    /// <summary>
    /// A program in memory was written there by write(2): what was written up to the next look is that program, and no
    /// output.
    /// </summary>
    internal void BeginFromMemory() => (BytesOut, _fromMemory) = (0, true);

    /// <summary>From here on what is burnt outlives the call.</summary>
    internal void End(Event occurred, double? cpuSeconds)
    {
        Ended = true;
        _coreSeconds += Math.Max(0, (cpuSeconds ?? 0) - _cpuSeconds);
        _cpuSeconds = Math.Max(_cpuSeconds, cpuSeconds ?? 0);
        Beginning = Last = (occurred.MonotonicNs, _coreSeconds, occurred.Seq);
        (BytesOut, _sent) = (0, 0);
    }

    /// <summary>
    /// Known to put out less than this, or no more than it said inside TLS, which libraries write as they write files.
    /// Where nobody says what was written, nobody is silent.
    /// </summary>
    internal bool IsSilent(double bytesPerCoreSecond)
    {
        double most = CoreSeconds * bytesPerCoreSecond;
        return _written is not null && (BytesOut <= most
            || (_sent >= SentMin && Math.Abs(BytesOut - _sent) <= most + SentSlack + (_sent * SentShare)));
    }

    internal void AddSent(long bytes) => _sent += bytes;

    /// <summary>The cores kept busy on average since a moment, and the last sample that says so.</summary>
    internal (double Cores, long Seq) Since(long ns)
    {
        (long Ns, double CoreSeconds, long Seq) first = _samples.FirstOrDefault(sample => sample.Ns >= ns);
        (long Ns, double CoreSeconds, long Seq) last = _samples.LastOrDefault();
        return first.Seq == 0 || last.Ns <= first.Ns
            ? (0, 0) : ((last.CoreSeconds - first.CoreSeconds) / ((last.Ns - first.Ns) / 1e9), last.Seq);
    }
}
