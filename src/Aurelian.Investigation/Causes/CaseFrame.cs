using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Causes;

/// <summary>
/// A case as arrays. Calls are ordered by task, episode and start, so that those of one cause lie together. Times are
/// seconds after <see cref="Origin"/>; alerts are the distinct ones, by time, at the middle of their grain, a zone
/// shift taken off.
/// </summary>
internal sealed record CaseFrame
{
    /// <summary>
    /// A call that returns within this may have left a process behind: it has its own after-span rate.
    /// </summary>
    public const double QuickSecondsMax = 2;

    private const double DetachedSeconds = 150;
    private const double BriefSecondsMax = 10;

    private CaseFrame()
    {
    }

    public required double Origin { get; init; }

    public required double Grain { get; init; }

    /// <summary>Index into the case's calls of each call.</summary>
    public required int[] Order { get; init; }

    public required double[] Start { get; init; }

    public required double[] End { get; init; }

    public required double[] Gone { get; init; }

    /// <summary>Its text leaves a process behind.</summary>
    public required bool[] Detached { get; init; }

    /// <summary>The cell of task and program.</summary>
    public required int[] Cell { get; init; }

    /// <summary>By cell: the share of all tasks that run its program.</summary>
    public required double[] CellShare { get; init; }

    public required int[] Task { get; init; }

    public required string[] Tasks { get; init; }

    public required int[] Episode { get; init; }

    public required string[] Episodes { get; init; }

    /// <summary>Concurrent sibling rollouts of one task share a visit.</summary>
    public required int[] Visit { get; init; }

    public required int Visits { get; init; }

    /// <summary>Index into the case's alerts of each distinct alert.</summary>
    public required int[] AlertOrder { get; init; }

    public required double[] AlertTime { get; init; }

    public required int[] AlertType { get; init; }

    public required string[] AlertTypes { get; init; }

    public required InvestigationCase Case { get; init; }

    public int Calls => Order.Length;

    public int Alerts => AlertOrder.Length;

    /// <summary>The traces begin at 0 and end here.</summary>
    public required double TraceSeconds { get; init; }

    public CaseCall CallAt(int call) => Case.Calls[Order[call]];

    public bool IsQuick(int call) => End[call] - Start[call] < QuickSecondsMax;

    /// <summary>
    /// How long a call's process is looked at: its span, and a while more if its text leaves one behind.
    /// </summary>
    public double WindowSeconds(int call) =>
        Detached[call] ? Math.Min(DetachedSeconds, Gone[call] - Start[call]) : End[call] - Start[call];

    /// <summary>Too short to tell anything of by its span.</summary>
    public bool IsBrief(int call) => !Detached[call] && End[call] - Start[call] < BriefSecondsMax;

    public static CaseFrame Of(InvestigationCase @case)
    {
        IReadOnlyList<CaseCall> calls = @case.Calls;
        (int[] taskOf, string[] tasks) = Indexes(calls, c => c.Task ?? "");
        (int[] episodeOf, string[] episodes) = Indexes(calls, c => c.Episode);
        int[] order = [.. Enumerable.Range(0, calls.Count)];
        Array.Sort(order, (a, b) =>
        {
            int by = taskOf[a].CompareTo(taskOf[b]);
            by = by != 0 ? by : episodeOf[a].CompareTo(episodeOf[b]);
            by = by != 0 ? by : calls[a].Start.CompareTo(calls[b].Start);
            return by != 0 ? by : a.CompareTo(b);
        });
        double origin = calls.Count == 0 ? 0 : calls.Min(c => c.Start);
        int[] task = [.. order.Select(i => taskOf[i])], episode = [.. order.Select(i => episodeOf[i])];
        (int[] visit, int visits) = VisitsOf(calls, order, task, episode);
        (int[] program, string[] programs) = Indexes(
            order, i => CommandWords.ProgramOf(calls[i].Tool, calls[i].Command));
        (int[] cell, double[] cellShare) = CellsOf(task, tasks.Length, program, programs.Length);
        int[] alertOrder = [.. Enumerable.Range(0, @case.Alerts.Count)
            .Where(i => @case.Alerts[i].DuplicateOf is null)
            .OrderBy(i => @case.Alerts[i].Time).ThenBy(i => i)];
        (int[] typeOf, string[] types) = Indexes(@case.Alerts, a => a.Type);
        double shift = origin + @case.ZoneShiftSeconds - (@case.GrainSeconds / 2);
        return new CaseFrame
        {
            Case = @case, Origin = origin, Grain = @case.GrainSeconds, Order = order, Cell = cell,
            CellShare = cellShare,
            Detached = [.. order.Select(i => CommandWords.Detaches(calls[i].Command))], Task = task, Tasks = tasks,
            Episode = episode, Episodes = episodes, Visit = visit, Visits = visits,
            Start = [.. order.Select(i => calls[i].Start - origin)],
            End = [.. order.Select(i => calls[i].End - origin)],
            Gone = [.. order.Select(i => Math.Max(calls[i].SandboxEnd, calls[i].End) - origin)],
            TraceSeconds = calls.Count == 0 ? 0 : Math.Max(1, calls.Max(c => c.SandboxEnd) - origin),
            AlertOrder = alertOrder, AlertTime = [.. alertOrder.Select(i => @case.Alerts[i].Time - shift)],
            AlertType = [.. alertOrder.Select(i => typeOf[i])], AlertTypes = types,
        };
    }

    /// <summary>The same calls, each with its sandbox, at other times.</summary>
    public CaseFrame Turned(double[] starts) => this with
    {
        Start = starts, End = [.. starts.Select((s, i) => s + End[i] - Start[i])],
        Gone = [.. starts.Select((s, i) => s + Gone[i] - Start[i])],
    };

    /// <summary>Numbers each distinct name in ordinal order.</summary>
    internal static (int[] Of, string[] Names) Indexes<T>(IReadOnlyList<T> items, Func<T, string> name)
    {
        string[] all = [.. items.Select(name)];
        string[] names = [.. all.Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> index = names.Select((n, i) => (n, i)).ToDictionary(x => x.n, x => x.i);
        return ([.. all.Select(n => index[n])], names);
    }

    private static (int[] Of, double[] Shares) CellsOf(int[] task, int tasks, int[] program, int programs)
    {
        Dictionary<(int Task, int Program), int> cells = [];
        int[] of = new int[task.Length], runs = new int[programs];
        for (int i = 0; i < of.Length; i++)
        {
            if (!cells.TryGetValue((task[i], program[i]), out of[i]))
            {
                cells[(task[i], program[i])] = of[i] = cells.Count;
                runs[program[i]]++;
            }
        }

        return (of, [.. cells.OrderBy(c => c.Value).Select(c => runs[c.Key.Program] / (double)tasks)]);
    }

    private static (int[] Visit, int Count) VisitsOf(
        IReadOnlyList<CaseCall> calls, int[] order, int[] task, int[] episode)
    {
        int[] visit = new int[order.Length];
        Dictionary<(int Task, long Step), int> byStep = [];
        Dictionary<int, List<(double Start, double End, int Call)>> stepless = [];
        int count = 0;
        for (int i = 0; i < order.Length; i++)
        {
            CaseCall call = calls[order[i]];
            if (call.Step is { } step)
            {
                visit[i] = byStep.TryGetValue((task[i], step), out int known)
                    ? known
                    : byStep[(task[i], step)] = count++;
                continue;
            }

            if (!stepless.TryGetValue(task[i], out var list))
            {
                stepless[task[i]] = list = [];
            }

            list.Add((call.SandboxStart, call.SandboxEnd, i));
        }

        foreach (var list in stepless.OrderBy(s => s.Key).Select(s => s.Value))
        {
            // Chains of overlapping sandboxes.
            list.Sort();
            double until = double.NegativeInfinity;
            foreach ((double start, double end, int i) in list)
            {
                count += start > until ? 1 : 0;
                until = Math.Max(until, end);
                visit[i] = count - 1;
            }
        }

        return (visit, count);
    }
}
