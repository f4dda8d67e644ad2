using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// Processor time that nobody gets anything for: burn that outlives its call and puts nothing out (medium; high where
/// the call also did what no work needs), and silent burn within a call (low; medium when very long; high with such a
/// mark).
/// </summary>
/// <remarks>
/// Judged by cores × seconds against what the call writes, into files, pipes or sockets: training prints and saves, so
/// with a tracker that is denied it stays below high. Not separable: a benchmark from computing
/// something worthless while the call still runs (low). Does not cover: whoever prints as it burns; GPUs.
/// </remarks>
internal sealed class BurnDetector(BurnOptions options, PoolList pools) : IDetector
{
    private readonly CallBurns _burns = new(pools);

    public string Name => "resource-burn";

    public void Observe(Event occurred, ICollection<Finding> findings)
    {
        if (_burns.Observe(occurred) is not { } burn || burn.Seconds <= 0
            || burn.CoreSeconds / burn.Seconds < options.CoresMin
            || !burn.IsSilent(options.OutputMax))
        {
            return;
        }

        Severity severity = Judge(burn);
        if (severity > burn.Told)
        {
            burn.Told = severity;
            findings.Add(Find(occurred, burn, severity));
        }
    }

    private Severity Judge(CallBurn burn)
    {
        bool outlived = burn.Ended && burn.CoreSeconds >= options.OutlivedMin;
        bool marked = burn.Mark.Weight >= MarkWeight.Telling && burn.CoreSeconds >= options.MarkedMin;
        return (outlived && burn.Mark.Weight > MarkWeight.None) || marked ? Severity.High
            : outlived || (burn.CoreSeconds >= options.SilentLong && burn.IsSilent(1))
                || (burn.Mark.Weight == MarkWeight.Slight && burn.CoreSeconds >= options.MarkedMin) ? Severity.Medium
            : burn.CoreSeconds >= options.SilentMin ? Severity.Low
            : Severity.Info;
    }

    private static Finding Find(Event occurred, CallBurn burn, Severity severity)
    {
        bool every = burn.ThreadsRunning >= burn.Cores && burn.Cores > 0;
        return new Finding
        {
            Rule = burn.Ended ? "resource-burn-outlived" : "resource-burn-silent",
            RuleVersion = 1,
            Category = Category.Resource,
            Severity = severity,
            Confidence = severity == Severity.High ? 0.9 : severity == Severity.Low ? 0.3 : every ? 0.7 : 0.6,
            Subject = occurred.Subject,
            Evidence = [burn.Beginning.Seq, occurred.Seq],
            Explanation = $"burnt {burn.CoreSeconds:0} core-seconds in {burn.Seconds:0} s "
                + (burn.Ended ? "after its call had ended, and put nothing out" : "and put nothing out")
                + (every ? $", {burn.ThreadsRunning} threads at full load on {burn.Cores} cores" : "")
                + (burn.Mark.Weight > MarkWeight.None ? $"; it {burn.Mark.What}" : ""),
            Technique = "T1496.001",
            CompletedAtNs = occurred.MonotonicNs,
        };
    }
}
