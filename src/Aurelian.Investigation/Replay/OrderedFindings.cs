namespace Aurelian.Investigation;

/// <summary>
/// Findings in order of their time. A rule may be completed long after its first event, so they are held back to the
/// end; beyond a bound the earliest go out first.
/// </summary>
public static class OrderedFindings
{
    private const int HeldMax = 1 << 16;
    private const long HeldBytesMax = 64L << 20;

    /// <summary>A finding's own objects, and those of each event of its evidence.</summary>
    private const int FindingBytes = 700, EvidenceBytes = 120;

    public static IEnumerable<ReplayFinding> ByTime(IEnumerable<ReplayFinding> findings)
    {
        PriorityQueue<ReplayFinding, (DateTimeOffset, long)> held = new();
        long number = 0, bytes = 0;
        foreach (ReplayFinding finding in findings)
        {
            held.Enqueue(finding, (finding.Time, number++));
            bytes += Weight(finding);
            while (held.Count > HeldMax || bytes > HeldBytesMax)
            {
                ReplayFinding earliest = held.Dequeue();
                bytes -= Weight(earliest);
                yield return earliest;
            }
        }

        while (held.TryDequeue(out ReplayFinding? next, out _))
        {
            yield return next;
        }
    }

    private static long Weight(ReplayFinding finding) => FindingBytes + ((long)EvidenceBytes * finding.Evidence.Count)
        + (sizeof(char) * finding.Finding.Explanation.Length);
}
