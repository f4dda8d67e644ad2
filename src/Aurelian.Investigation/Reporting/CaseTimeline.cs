using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;
using Aurelian.Investigation.Explaining;

namespace Aurelian.Investigation.Reporting;

/// <summary>
/// The case on one clock, that of the traces: alerts moved by the estimated offset, and the lanes of the episodes that
/// any of them may belong to. All times are Unix seconds.
/// </summary>
internal sealed class CaseTimeline
{
    private readonly Dictionary<string, List<CaseCall>> _calls = [];

    private CaseTimeline(SolvedCase solved)
    {
        Solved = solved;
        Marks = [.. Enumerable.Range(0, solved.Case.Alerts.Count)
            .Where(index => solved.Case.Alerts[index].DuplicateOf is null)
            .Select(index => MarkOf(solved, index))
            .OrderBy(mark => mark.Time)];
    }

    internal SolvedCase Solved { get; }

    /// <summary>Alerts that repeat none, in order of time.</summary>
    internal IReadOnlyList<Mark> Marks { get; }

    internal double Start { get; private set; }

    internal double End { get; private set; }

    /// <summary>Every episode by its id: when its sandbox was there.</summary>
    internal Dictionary<string, (double Start, double End, string? Task)> Episodes { get; } = [];

    /// <summary>The share of an alert that an episode is given, by episode: of every alert that it may have caused.
    /// </summary>
    internal Dictionary<string, List<(Mark Mark, double Share)>> Shares { get; } = [];

    internal static CaseTimeline Of(SolvedCase solved)
    {
        CaseTimeline timeline = new(solved);
        foreach (CaseCall call in solved.Case.Calls)
        {
            timeline.Episodes[call.Episode] = timeline.Episodes.TryGetValue(call.Episode, out var known)
                ? (Math.Min(known.Start, call.SandboxStart), Math.Max(known.End, call.SandboxEnd), known.Task)
                : (call.SandboxStart, call.SandboxEnd, call.Task);
        }

        foreach (Mark mark in timeline.Marks)
        {
            foreach (IGrouping<string, Candidate> each in mark.Answer.Candidates.GroupBy(one => one.Episode))
            {
                if (!timeline.Shares.TryGetValue(each.Key, out List<(Mark, double)>? shares))
                {
                    timeline.Shares[each.Key] = shares = [];
                }

                shares.Add((mark, Math.Min(1, each.Sum(one => one.Probability))));
            }
        }

        timeline.Bound();
        foreach (CaseCall call in solved.Case.Calls.Where(call => timeline.Shares.ContainsKey(call.Episode)))
        {
            if (!timeline._calls.TryGetValue(call.Episode, out List<CaseCall>? calls))
            {
                timeline._calls[call.Episode] = calls = [];
            }

            calls.Add(call);
        }

        return timeline;
    }

    /// <summary>Of an episode that an alert may belong to.</summary>
    internal IReadOnlyList<CaseCall> CallsOf(string episode) =>
        _calls.TryGetValue(episode, out List<CaseCall>? calls) ? calls : [];

    /// <summary>How many sandboxes were there, by equal parts of a window.</summary>
    internal int[] Concurrency(double start, double end, int parts)
    {
        int[] change = new int[parts + 1];
        double width = (end - start) / parts;
        foreach ((double from, double to, _) in Episodes.Values)
        {
            if (to >= start && from <= end)
            {
                change[(int)Math.Clamp((from - start) / width, 0, parts)]++;
                change[(int)Math.Clamp(((to - start) / width) + 1, 0, parts)]--;
            }
        }

        int[] count = new int[parts];
        for (int part = 0, there = 0; part < parts; part++)
        {
            count[part] = there += change[part];
        }

        return count;
    }

    /// <summary>The most sandboxes that were there at one moment of the window.</summary>
    internal int Most()
    {
        int there = 0, most = 0;
        foreach ((_, int change) in Episodes.Values.Where(each => each.End >= Start && each.Start <= End)
            .SelectMany(each => new[] { (Time: each.Start, Change: 1), (Time: each.End, Change: -1) })
            .OrderBy(each => each.Time).ThenBy(each => each.Change))
        {
            most = Math.Max(most, there += change);
        }

        return most;
    }

    internal int There(double time) => Episodes.Values.Count(each => each.Start <= time && each.End >= time);

    /// <summary>
    /// When the alerts were, and a little around it, as far as calls ran; without alerts when calls ran.
    /// </summary>
    private void Bound()
    {
        if (Episodes.Count == 0)
        {
            (Start, End) = (0, 1);
            return;
        }

        double first = Episodes.Values.Min(each => each.Start), last = Episodes.Values.Max(each => each.End);
        (Start, End) = (first, last);
        if (Marks.Count > 0)
        {
            double from = Marks[0].Time, to = Marks[^1].Time, around = Math.Max(60, (to - from) * 0.04);
            (from, to) = (Math.Max(from, first) - around, Math.Min(to, last) + around);
            (Start, End) = to > from ? (Math.Max(from, first - around), Math.Min(to, last + around)) : (first, last);
        }

        End = Math.Max(End, Start + 1);
    }

    private static Mark MarkOf(SolvedCase solved, int index)
    {
        CaseAlert alert = solved.Case.Alerts[index];
        ClockEstimate clock = solved.Answer.Clock;
        double grain = solved.Case.GrainSeconds, stamped = alert.Time + (grain / 2);
        double offset = clock.OffsetSeconds ?? clock.ZoneShiftSeconds;
        // The drift is a few parts in ten thousand: the offset at the stamp is that at the moment.
        double drift = (clock.DriftPpm ?? 0) * 1e-6 * (stamped - offset - (clock.ReferenceTime ?? stamped));
        return new Mark(alert, solved.Answer.Alerts[index], stamped - offset - drift);
    }

    /// <param name="Time">On the traces' clock.</param>
    internal sealed record Mark(CaseAlert Alert, AlertAnswer Answer, double Time)
    {
        /// <summary>Given rather to a call than to none.</summary>
        internal bool IsAttributed => Answer.Background is < 0.5 && Answer.Candidates.Count > 0;
    }
}
