namespace Aurelian.Investigation;

/// <summary>
/// Findings in order of their time. A rule may be completed long after its first event, so they are held back to the
/// end; beyond a bound the earliest go out first.
/// </summary>
public static class OrderedFindings
{
    private const int HeldMax = 1 << 16;

    public static IEnumerable<ReplayFinding> ByTime(IEnumerable<ReplayFinding> findings)
    {
        PriorityQueue<ReplayFinding, (DateTimeOffset, long)> held = new();
        long number = 0;
        foreach (ReplayFinding finding in findings)
        {
            held.Enqueue(finding, (finding.Time, number++));
            if (held.Count > HeldMax)
            {
                yield return held.Dequeue();
            }
        }

        while (held.TryDequeue(out ReplayFinding? next, out _))
        {
            yield return next;
        }
    }
}
