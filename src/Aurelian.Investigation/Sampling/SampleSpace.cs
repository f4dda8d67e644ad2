using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;

namespace Aurelian.Investigation.Sampling;

/// <summary>
/// The calls that may misbehave, of a few suspect tasks, and the alerts to explain. Calls of one task with one program
/// form a group: they misbehave for the same reason, so they share a chance of it.
/// </summary>
internal sealed class SampleSpace
{
    /// <summary>The chance that a group has misbehaving calls at all.</summary>
    private const double GroupChance = 0.05;

    /// <summary>The same of a program that more than <see cref="RareShare"/> of all tasks run, or whose calls all
    /// return at once.</summary>
    private const double CommonGroupChance = 0.01;
    private const double RareShare = 0.25;

    /// <summary>The same of a group whose coincidence with alerts was found to be more than chance.</summary>
    private const double FoundGroupChance = 0.95;

    /// <summary>Of groups that misbehave, those of which every call does.</summary>
    private const double WholeShare = 0.5;

    private readonly double[][] _logGroup;

    /// <param name="tasks">The suspect tasks (indexes into the frame's).</param>
    /// <param name="alerts">Neighbouring alerts of the frame, by time.</param>
    /// <param name="foundCells">Programs that were found to coincide with alerts.</param>
    /// <param name="from">Calls whose sandbox was gone before this are out of reach.</param>
    /// <param name="to">So are calls that began after this.</param>
    public SampleSpace(
        CaseFrame frame, int[] tasks, int[] alerts, IReadOnlySet<int> foundCells, double from, double to)
    {
        Frame = frame;
        Tasks = tasks;
        Calls = [.. Enumerable.Range(0, frame.Calls).Where(c =>
            Array.IndexOf(tasks, frame.Task[c]) >= 0 && frame.Gone[c] >= from && frame.Start[c] <= to)];
        CauseOf = [.. Calls.Select(c => Array.IndexOf(tasks, frame.Task[c]))];
        Start = [.. Calls.Select(c => frame.Start[c])];
        Span = [.. Calls.Select(c => frame.End[c] - frame.Start[c])];
        Life = [.. Calls.Select(c => frame.Gone[c] - frame.Start[c])];
        Quick = [.. Calls.Select(frame.IsQuick)];
        int[] cells = [.. Calls.Select(c => frame.Cell[c]).Distinct()];
        Dictionary<int, int> index = cells.Index().ToDictionary(k => k.Item, k => k.Index);
        GroupOf = [.. Calls.Select(c => index[frame.Cell[c]])];
        Groups = [.. cells.Select(k => new List<int>())];
        for (int i = 0; i < GroupOf.Length; i++)
        {
            Groups[GroupOf[i]].Add(i);
        }

        GroupPrior = [.. Groups.Select((g, i) => foundCells.Contains(cells[i]) ? FoundGroupChance
            : frame.CellShare[cells[i]] > RareShare || g.All(k => Quick[k] && !frame.Detached[Calls[k]])
                ? CommonGroupChance : GroupChance)];
        _logGroup = [.. Groups.Select((g, i) =>
            (double[])[.. Enumerable.Range(0, g.Count + 1).Select(k => LogGroupOf(i, k))])];
        Alerts = alerts;
        Time = [.. alerts.Select(i => frame.AlertTime[i])];
        Type = [.. alerts.Select(i => frame.AlertType[i])];
        From = Time.Length == 0 ? 0 : Time[0] - (frame.Grain / 2);
        To = Time.Length == 0 ? 1 : Time[^1] + frame.Grain;
        TypeBase = new double[frame.AlertTypes.Length];
        foreach (int type in Type)
        {
            TypeBase[type] += 1.0 / Type.Length;
        }

        bool whole = alerts.Length == frame.Alerts || Time.Length == 0;
        Reference = whole ? frame.TraceSeconds / 2 : (Time[0] + Time[^1]) / 2;
    }

    /// <summary>What joined flows say of the clock; null if nothing.</summary>
    public JoinedClock? Clock { get; init; }

    public CaseFrame Frame { get; }

    public int[] Tasks { get; }

    /// <summary>Indexes into the frame's calls.</summary>
    public int[] Calls { get; }

    public int[] CauseOf { get; }

    public double[] Start { get; }

    public double[] Span { get; }

    /// <summary>From a call's start until its sandbox is gone.</summary>
    public double[] Life { get; }

    public bool[] Quick { get; }

    public int[] GroupOf { get; }

    public List<int>[] Groups { get; }

    public double[] GroupPrior { get; }

    /// <summary>Indexes into the frame's alerts.</summary>
    public int[] Alerts { get; }

    public double[] Time { get; }

    public int[] Type { get; }

    /// <summary>The log's share of each type.</summary>
    public double[] TypeBase { get; }

    /// <summary>The firewall's log covers these times.</summary>
    public double From { get; }

    public double To { get; }

    /// <summary>The trace time that the offset is told for.</summary>
    public double Reference { get; }

    /// <summary>
    /// Log probability that just these <paramref name="bad"/> of a group's calls misbehave: with the group's chance
    /// some share of them does, any share as likely as another.
    /// </summary>
    public double LogGroup(int group, int bad) => _logGroup[group][bad];

    private double LogGroupOf(int group, int bad)
    {
        int n = Groups[group].Count;
        double chance = GroupPrior[group];
        double some = chance * (1 - WholeShare) * Math.Exp(
            Special.LogGamma(bad + 1) + Special.LogGamma(n - bad + 1) - Special.LogGamma(n + 2));
        return Math.Log(some + (bad == n ? chance * WholeShare : 0) + (bad == 0 ? 1 - chance : 0));
    }

    /// <summary>The first alert at or after a time.</summary>
    public int FirstAt(double time) => Sorted.FirstFrom(Time, time);
}
