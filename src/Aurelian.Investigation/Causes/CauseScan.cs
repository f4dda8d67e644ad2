using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Causes;

/// <summary>
/// The peak of every cause's curve. A task counts by all its calls or by those of one program, whichever speaks
/// louder.
/// </summary>
internal sealed class CauseScan
{
    /// <summary>
    /// A cause that holds more of all calls than this is active all the time: nothing can be said of it.
    /// </summary>
    private const double ShareMax = 0.4;

    /// <summary>A program that fewer of a task's calls run is left to the whole task.</summary>
    private const int CellCallsMin = 3;

    /// <summary>Where the text tells nothing, what lasts is the likelier culprit.</summary>
    private const double LongSeconds = 60;

    private readonly CaseFrame _frame;
    private readonly int[][][] _sets;
    private readonly ScanAlerts _alerts;
    private readonly double _range;
    private readonly double _step;

    /// <param name="times">The times of the alerts to explain, sorted.</param>
    /// <param name="types">Their types.</param>
    public CauseScan(CaseFrame frame, List<Cause> causes, double[] times, int[] types, double range, double step)
    {
        _frame = frame;
        _alerts = new ScanAlerts(times, types, frame.Grain);
        _range = range;
        _step = step;
        _sets = [.. causes.Select(SetsOf)];
    }

    /// <summary>The peaks of all causes.</summary>
    /// <param name="starts">When each call began.</param>
    public float[] Peaks(double[] starts)
    {
        OffsetScan scan = new(_frame, _alerts, _range, _step);
        float[] peaks = new float[_sets.Length];
        for (int cause = 0; cause < peaks.Length; cause++)
        {
            int[][] sets = _sets[cause];
            for (int k = 0; k < sets.Length; k++)
            {
                double penalty = k == 0 ? 0 : Math.Log(sets.Length - 1);
                peaks[cause] = Math.Max(peaks[cause], (float)(scan.Peak(sets[k], starts) - penalty));
            }
        }

        return peaks;
    }

    /// <summary>The sets of calls that a cause is judged by.</summary>
    public int[][] SetsAt(int cause) => _sets[cause];

    /// <summary>The curve of some calls: at each of the offsets the best value and its hypothesis.</summary>
    /// <param name="starts">When each call began; null for when it did.</param>
    public (double[] Values, int[] Hypotheses, double[] Offsets) Curve(IEnumerable<int> calls, double[]? starts = null)
    {
        OffsetScan scan = new(_frame, _alerts, _range, _step);
        (double[] values, int[] hypotheses) = scan.Curve(
            [.. calls.Where(c => !_frame.IsBrief(c))], starts ?? _frame.Start);
        return (values, hypotheses, [.. Enumerable.Range(0, values.Length).Select(scan.OffsetAt)]);
    }

    private int[][] SetsOf(Cause cause)
    {
        if (cause.Calls.Length > ShareMax * _frame.Calls && cause.Kind is not (CauseKind.Task or CauseKind.Episode))
        {
            return [];
        }

        int[] calls = [.. cause.Calls.Where(c => !_frame.IsBrief(c))];
        return cause.Kind != CauseKind.Task ? [calls] :
            [calls, .. calls.GroupBy(c => _frame.Cell[c]).Select(g => (int[])[.. g])
                .Append([.. calls.Where(c => _frame.WindowSeconds(c) >= LongSeconds)])
                .Where(g => g.Length >= CellCallsMin)];
    }
}
