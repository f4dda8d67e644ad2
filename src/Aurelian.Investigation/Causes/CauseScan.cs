using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Causes;

/// <summary>The peak of every cause's curve, over offsets and over the alert types it may set off.</summary>
internal sealed class CauseScan
{
    /// <summary>A cause that holds more of all calls than this is active all the time: nothing can be said of it.</summary>
    private const double ShareMax = 0.4;

    private readonly CaseFrame _frame;
    private readonly List<Cause> _causes;
    private readonly int[] _taskCause;
    private readonly int[] _episodeCause;
    private readonly int[] _offsets;
    private readonly int[] _members;
    private readonly OffsetScan _scan;

    /// <param name="causes">Those to look at; of tasks and episodes none or all.</param>
    /// <param name="times">The times of the alerts to explain, sorted.</param>
    /// <param name="types">Their types.</param>
    public CauseScan(CaseFrame frame, List<Cause> causes, double[] times, int[] types, double range, double step)
    {
        _frame = frame;
        _causes = causes;
        _taskCause = Positions(causes, CauseKind.Task, frame.Tasks);
        _episodeCause = Positions(causes, CauseKind.Episode, frame.Episodes);
        (_offsets, _members) = Memberships(frame, causes);
        _scan = new OffsetScan(frame, new ScanAlerts(times, types, frame.Grain), range, step);
    }

    /// <summary>The peaks of all causes. A task counts by all its calls or by those of one program, whichever speaks
    /// louder.</summary>
    /// <param name="starts">When each call began.</param>
    public float[] Peaks(double[] starts)
    {
        float[] peaks = new float[_causes.Count];
        int width = 2 * _scan.Bins;
        float[] task = new float[width], episode = new float[width];
        float[]?[] others = new float[_causes.Count][];
        Dictionary<int, float[]> cells = [];
        Stack<float[]> spare = new();
        OffsetScan.Changes changes = new();
        for (int call = 0; call < _frame.Calls; call++)
        {
            if (!_frame.IsBrief(call))
            {
                _scan.Trace(call, starts[call], changes);
                if (_taskCause.Length > 0)
                {
                    _scan.Add(changes, task);
                    if (!cells.TryGetValue(_frame.Cell[call], out float[]? cell))
                    {
                        cells[_frame.Cell[call]] = cell = spare.TryPop(out float[]? used) ? used : new float[width];
                    }

                    _scan.Add(changes, cell);
                }

                if (_episodeCause.Length > 0)
                {
                    _scan.Add(changes, episode);
                }

                for (int m = _offsets[call]; m < _offsets[call + 1]; m++)
                {
                    _scan.Add(changes, others[_members[m]] ??= new float[width]);
                }
            }

            if (_episodeCause.Length > 0 && IsLast(_frame.Episode, call))
            {
                Keep(episode, 0, peaks, _episodeCause[_frame.Episode[call]]);
            }

            if (_taskCause.Length > 0 && IsLast(_frame.Task, call))
            {
                Keep(task, 0, peaks, _taskCause[_frame.Task[call]]);
                foreach (float[] cell in cells.Values)
                {
                    Keep(cell, Math.Log(cells.Count), peaks, _taskCause[_frame.Task[call]]);
                    spare.Push(cell);
                }

                cells.Clear();
            }
        }

        for (int cause = 0; cause < others.Length; cause++)
        {
            if (others[cause] is { } curve)
            {
                Keep(curve, 0, peaks, cause);
            }
        }

        return peaks;
    }

    /// <summary>The curve of some calls, and the offset of each of its points.</summary>
    public (double[] Curve, double[] Offsets) Curve(IEnumerable<int> calls)
    {
        float[] curve = new float[2 * _scan.Bins];
        OffsetScan.Changes changes = new();
        foreach (int call in calls.Where(c => !_frame.IsBrief(c)))
        {
            _scan.Trace(call, _frame.Start[call], changes);
            _scan.Add(changes, curve);
        }

        double[] values = _scan.Curve(curve);
        return (values, [.. Enumerable.Range(0, values.Length).Select(_scan.OffsetAt)]);
    }

    private static bool IsLast(int[] of, int call) => call + 1 == of.Length || of[call + 1] != of[call];

    private void Keep(float[] curve, double penalty, float[] peaks, int cause)
    {
        peaks[cause] = Math.Max(peaks[cause], (float)(_scan.Peak(curve).Value - penalty));
        Array.Clear(curve);
    }

    private static int[] Positions(List<Cause> causes, CauseKind kind, string[] names)
    {
        Dictionary<string, int> at = [];
        for (int i = 0; i < causes.Count; i++)
        {
            if (causes[i].Kind == kind)
            {
                at[causes[i].Value] = i;
            }
        }

        return at.Count == 0 ? [] : [.. names.Select(n => at.GetValueOrDefault(n, -1))];
    }

    private static (int[] Offsets, int[] Members) Memberships(CaseFrame frame, List<Cause> causes)
    {
        int[] offsets = new int[frame.Calls + 1];
        List<int> tested = [.. Enumerable.Range(0, causes.Count).Where(i =>
            causes[i].Kind is not (CauseKind.Task or CauseKind.Episode)
            && causes[i].Calls.Length <= ShareMax * frame.Calls)];
        foreach (int cause in tested)
        {
            foreach (int call in causes[cause].Calls)
            {
                offsets[call + 1]++;
            }
        }

        for (int i = 0; i < frame.Calls; i++)
        {
            offsets[i + 1] += offsets[i];
        }

        int[] next = [.. offsets], members = new int[offsets[^1]];
        foreach (int cause in tested)
        {
            foreach (int call in causes[cause].Calls)
            {
                members[next[call]++] = cause;
            }
        }

        return (offsets, members);
    }
}
