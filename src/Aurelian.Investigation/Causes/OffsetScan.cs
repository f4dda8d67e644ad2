using System.Numerics;

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

    private readonly float[] _curve = new float[(((int)Math.Ceiling(2 * range / step)) + 1) * Width];
    private double[] _times = new double[64];
    private int[] _changes = new int[64];
    private int _edges;

    public int Bins => _curve.Length / Width;

    public double OffsetAt(int bin) => (bin * step) - range;

    /// <summary>The highest value over offsets and hypotheses, of these calls begun at these times.</summary>
    public double Peak(ReadOnlySpan<int> calls, double[] starts)
    {
        float[] expected = Accumulate(calls, starts);
        Span<float> sum = stackalloc float[Width];
        double best = 0;
        for (int bin = Bins - 1; bin >= 0; bin--)
        {
            ReadOnlySpan<float> row = _curve.AsSpan(bin * Width, Width);
            for (int h = 0; h < Width; h++)
            {
                sum[h] += row[h];
                best = Math.Max(best, sum[h] - expected[h]);
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
        double[] times = alerts.Times;
        int last = _edges == 0 ? 0 : Sorted.FirstFrom(times, _times[_edges - 1] + range + 1);
        for (int i = _edges == 0 ? 0 : Sorted.FirstFrom(times, _times[0] - range - 1); i < last; i++)
        {
            Pass(i, times[i]);
        }

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

    // What one alert is worth, from the largest offset (the earliest calls) to the smallest.
    private void Pass(int alert, double time)
    {
        int edge = FirstAfter(time - range);
        int state = edge == 0 ? 0 : _changes[edge - 1];
        ReadOnlySpan<float> before = alerts.At(alert, state >> 16, state & 0xffff);
        if (state != 0)
        {
            Add(Bins - 1, before, default);
        }

        for (; edge < _edges && _times[edge] <= time + range; edge++)
        {
            state = _changes[edge];
            ReadOnlySpan<float> now = alerts.At(alert, state >> 16, state & 0xffff);
            Add((int)((time - _times[edge] + range) / step), now, before);
            before = now;
        }
    }

    private void Add(int bin, ReadOnlySpan<float> now, ReadOnlySpan<float> before)
    {
        Span<float> row = _curve.AsSpan(bin * Width, Width);
        for (int h = 0; h < Width; h += Vector<float>.Count)
        {
            Vector<float> sum = new Vector<float>(row[h..]) + new Vector<float>(now[h..]);
            if (!before.IsEmpty)
            {
                sum -= new Vector<float>(before[h..]);
            }

            sum.CopyTo(row[h..]);
        }
    }

    private int FirstAfter(double time)
    {
        int low = 0, high = _edges;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _times[middle] <= time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    // Where calls begin, stop beginning, and end: sorted times, and the state (active << 16 | onset) from there on.
    private double Edges(ReadOnlySpan<int> calls, double[] starts)
    {
        double half = frame.Grain / 2, seconds = 0;
        if (_times.Length < 3 * calls.Length)
        {
            _times = new double[4 * calls.Length];
            _changes = new int[4 * calls.Length];
        }

        _edges = 0;
        foreach (int call in calls)
        {
            double window = Math.Max(frame.WindowSeconds(call), ScanHypotheses.OnsetSeconds), start = starts[call];
            seconds += window + frame.Grain;
            Edge(start - half, (1 << 16) + 1);
            Edge(start + ScanHypotheses.OnsetSeconds + half, -1);
            Edge(start + window + half, -(1 << 16));
        }

        Array.Sort(_times, _changes, 0, _edges);
        int state = 0;
        for (int i = 0; i < _edges; i++)
        {
            _changes[i] = state += _changes[i];
        }

        return seconds;
    }

    private void Edge(double time, int change)
    {
        _times[_edges] = time;
        _changes[_edges++] = change;
    }
}
