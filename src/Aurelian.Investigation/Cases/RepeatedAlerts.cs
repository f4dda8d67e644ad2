namespace Aurelian.Investigation.Cases;

/// <summary>
/// Firewalls write one event down more than once, up to seconds apart. Alerts of one type between the same two ends
/// (addresses and ports) within five seconds are one event; the first in file order stands for it.
/// </summary>
public static class RepeatedAlerts
{
    private const double SecondsMax = 5;

    /// <summary>How many earlier events between the same ends are looked at: a limit on time.</summary>
    private const int LookBack = 64;

    /// <summary>The same alerts, each with <see cref="CaseAlert.DuplicateOf"/> set. Alerts without a source port are
    /// merged only where the stamps are equal, since they are too alike.</summary>
    public static IReadOnlyList<CaseAlert> Mark(IReadOnlyList<CaseAlert> alerts)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        Dictionary<(string?, int?, string?, int?, string), List<int>> firsts = [];
        CaseAlert[] marked = new CaseAlert[alerts.Count];
        for (int i = 0; i < marked.Length; i++)
        {
            CaseAlert alert = alerts[i];
            var ends = (alert.SourceAddress, alert.SourcePort, alert.DestinationAddress, alert.DestinationPort,
                alert.Type);
            if (!firsts.TryGetValue(ends, out List<int>? earlier))
            {
                firsts[ends] = earlier = [];
            }

            // Alerts that name no end at all are counted, never merged.
            double window = alert.SourcePort is null ? 0 : SecondsMax;
            int of = alert.DestinationAddress is null || earlier.Count == 0
                ? -1
                : earlier.FindLastIndex(earlier.Count - 1, Math.Min(earlier.Count, LookBack),
                    j => Math.Abs(alerts[j].Time - alert.Time) <= window);
            marked[i] = alert with { DuplicateOf = of < 0 ? null : earlier[of] };
            if (of < 0)
            {
                earlier.Add(i);
            }
        }

        return marked;
    }
}
