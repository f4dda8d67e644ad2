using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Aurelian.Investigation.Causes;

/// <summary>
/// For the calls of one cause the log likelihood ratio of "they set off alerts" over "they do not", at every offset
/// of the clocks and for every hypothesis. What one alert is worth changes only at the offsets where a call begins or
/// ends under it: the curve is kept as its differences and summed at the end. Calls that overlap share an alert's
/// evidence.
/// </summary>
internal sealed class OffsetScan(CaseFrame frame, ScanAlerts alerts, double range, double step)
{
    private const int Width = ScanHypotheses.Count;

    // How many calls run and have just begun, in one number.
    private const int Runs = 1 << 16, Begins = 1;

    private readonly float[] _curve = new float[(((int)Math.Ceiling(2 * range / step)) + 1) * Width];
    private double[] _times = new double[64];
    private int[] _rows = new int[64];
    private int _edges;

    public int Bins => _curve.Length / Width;

    public double OffsetAt(int bin) => (bin * step) - range;

    /// <summary>The highest value over offsets and hypotheses, of these calls begun at these times.</summary>
    public double Peak(ReadOnlySpan<int> calls, double[] starts)
    {
        float[] expected = Accumulate(calls, starts);
        float best = 0;
        // A vector of hypotheses at a time, from the last offset to the first.
        for (int h = 0; h < Width; h += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256<float>.Zero, highest = Vector256<float>.Zero;
            Vector256<float> less = Vector256.LoadUnsafe(ref expected[h]);
            for (int at = _curve.Length - Width + h; at >= 0; at -= Width)
            {
                sum += Vector256.LoadUnsafe(ref _curve[at]);
                highest = Vector256.Max(highest, sum - less);
            }

            for (int k = 0; k < Vector256<float>.Count; k++)
            {
                best = Math.Max(best, highest[k]);
            }
        }

        Array.Clear(_curve);
        return best;
    }

    /// <summary>The best hypothesis and its value at every offset.</summary>
    public (double[] Values, int[] Hypotheses) Curve(ReadOnlySpan<int> calls, double[] starts)
    {
        float[] expected = Accumulate(calls, starts);
        double[] values = new double[Bins];
        int[] hypotheses = new int[Bins];
        float[] sum = new float[Width];
        for (int bin = Bins - 1; bin >= 0; bin--)
        {
            values[bin] = double.NegativeInfinity;
            for (int h = 0; h < Width; h++)
            {
                sum[h] += _curve[(bin * Width) + h];
                if (sum[h] - expected[h] > values[bin])
                {
                    (values[bin], hypotheses[bin]) = (sum[h] - expected[h], h);
                }
            }
        }

        Array.Clear(_curve);
        return (values, hypotheses);
    }

    private float[] Accumulate(ReadOnlySpan<int> calls, double[] starts)
    {
        double seconds = Edges(calls, starts);
        Walk(alerts.Times);
        // Others set off a share of the log only: each alert is that much less likely to be theirs, and as many fewer
        // are expected.
        float[] expected = new float[Width];
        for (int h = 0; h < Width; h++)
        {
            double left = ScanHypotheses.Left(h);
            expected[h] = (float)((calls.Length * ScanHypotheses.Onset(h)) + (seconds * ScanHypotheses.Active(h))
                - (alerts.Times.Length * (Math.Log(left) + 1 - left)));
        }

        return expected;
    }

    // Alerts and edges in step; stretches where no call is near an alert are leapt over.
    private void Walk(double[] times)
    {
        int edge = 0;
        for (int i = _edges == 0 ? times.Length : 0; i < times.Length; i++)
        {
            while (edge < _edges && _times[edge] <= times[i] - range)
            {
                edge++;
            }

            int before = edge == 0 ? 0 : _rows[edge - 1];
            if (before == 0 && edge == _edges)
            {
                return;
            }

            if (before == 0 && _times[edge] > times[i] + range)
            {
                i = Math.Max(i, Sorted.FirstFrom(times, _times[edge] - range) - 1);
                continue;
            }

            Pass(alerts.Of(i), times[i], edge, before);
        }
    }

    // What one alert is worth, from the largest offset (the earliest calls) to the smallest.
    private void Pass(ReadOnlySpan<float> worth, double time, int edge, int before)
    {
        if (before != 0)
        {
            Add(Bins - 1, worth, before, 0); // where no call runs an alert is worth nothing
        }

        ReadOnlySpan<double> times = _times.AsSpan(0, _edges);
        ReadOnlySpan<int> rows = _rows.AsSpan(0, _edges);
        double perStep = 1 / step;
        for (double latest = time + range; edge < times.Length && times[edge] <= latest; edge++)
        {
            int now = rows[edge];
            if (now != before)
            {
                Add((int)((latest - times[edge]) * perStep), worth, now, before);
                before = now;
            }
        }
    }

    // The inner loop of all tests: once for each alert and each call that begins or ends near it.
    private void Add(int bin, ReadOnlySpan<float> worth, int now, int before)
    {
        ref float row = ref MemoryMarshal.GetReference(_curve.AsSpan(bin * Width, Width));
        ref float plus = ref MemoryMarshal.GetReference(worth.Slice(now, Width));
        ref float minus = ref MemoryMarshal.GetReference(worth.Slice(before, Width));
        for (nuint h = 0; h < Width; h += (nuint)Vector256<float>.Count)
        {
            Vector256<float> change = Vector256.LoadUnsafe(ref plus, h) - Vector256.LoadUnsafe(ref minus, h);
            (Vector256.LoadUnsafe(ref row, h) + change).StoreUnsafe(ref row, h);
        }
    }

    // Where calls begin, stop beginning, and end: sorted times, and the table's row from there on.
    private double Edges(ReadOnlySpan<int> calls, double[] starts)
    {
        double half = frame.Grain / 2, seconds = 0;
        if (_times.Length < 3 * calls.Length)
        {
            _times = new double[4 * calls.Length];
            _rows = new int[4 * calls.Length];
        }

        _edges = 0;
        foreach (int call in calls)
        {
            double window = Math.Max(frame.WindowSeconds(call), ScanHypotheses.OnsetSeconds), start = starts[call];
            seconds += window + frame.Grain;
            Edge(start - half, Begins + Runs);
            Edge(start + ScanHypotheses.OnsetSeconds + half, -Begins);
            Edge(start + window + half, -Runs);
        }

        Array.Sort(_times, _rows, 0, _edges);
        int state = 0;
        for (int i = 0; i < _edges; i++)
        {
            state += _rows[i];
            _rows[i] = ScanAlerts.RowOf(state / Runs, state % Runs);
        }

        return seconds;
    }

    private void Edge(double time, int change)
    {
        _times[_edges] = time;
        _rows[_edges++] = change;
    }
}
