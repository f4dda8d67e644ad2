namespace Aurelian.Investigation.Causes;

/// <summary>
/// For one cause the log likelihood ratio of "some of its calls misbehave" over "none does", at every offset of the
/// clocks. As the offset grows a call's window passes over the alerts, so the ratio changes only where an alert enters
/// or leaves it: the curve is kept as its differences.
/// </summary>
internal sealed class OffsetScan
{
    private readonly CaseFrame _frame;
    private readonly ScanAlerts _alerts;
    private readonly double _range;
    private readonly double _step;

    public OffsetScan(CaseFrame frame, ScanAlerts alerts, double range, double step)
    {
        _frame = frame;
        _alerts = alerts;
        _range = range;
        _step = step;
        Bins = (int)Math.Ceiling(2 * range / step) + 1;
    }

    public int Bins { get; }

    public double OffsetAt(int bin) => (bin * _step) - _range;

    /// <summary>Where a call's curve changes, for <see cref="Add"/>.</summary>
    internal sealed class Changes
    {
        public int Count { get; set; }

        public int[] Bin { get; private set; } = new int[64];

        public float[] Low { get; private set; } = new float[64];

        public float[] High { get; private set; } = new float[64];

        public void Append(int bin, float low, float high)
        {
            if (Count == Bin.Length)
            {
                int[] bins = Bin;
                float[] lows = Low, highs = High;
                Array.Resize(ref bins, 2 * Count);
                Array.Resize(ref lows, 2 * Count);
                Array.Resize(ref highs, 2 * Count);
                (Bin, Low, High) = (bins, lows, highs);
            }

            Bin[Count] = bin;
            Low[Count] = low;
            High[Count] = high;
            Count++;
        }
    }

    /// <summary>The changes of one call's curve if it began at <paramref name="start"/>.</summary>
    public void Trace(int call, double start, Changes changes)
    {
        changes.Count = 0;
        double seconds = _frame.WindowSeconds(call), half = _frame.Grain / 2;
        double window = Math.Max(seconds, ScanAlerts.OnsetSeconds) + half;
        double onset = ScanAlerts.OnsetSeconds + half;
        double[] times = _alerts.Times;
        int entering = _alerts.From(start - _range - half), starting = entering, leaving = entering;
        CallEvidence evidence = new(_alerts, seconds);
        float low = evidence.Value(0), high = evidence.Value(1);
        changes.Append(0, low, high);
        while (true)
        {
            double enters = entering < times.Length ? times[entering] - window : double.MaxValue;
            double starts = starting < entering ? times[starting] - onset : double.MaxValue;
            double leaves = leaving < starting ? times[leaving] + half : double.MaxValue;
            double at = Math.Min(enters, Math.Min(starts, leaves));
            double bin = Math.Ceiling((at - start + _range) / _step);
            if (bin >= Bins)
            {
                return;
            }

            if (at == leaves)
            {
                evidence.Leave(leaving++);
            }
            else if (at == starts)
            {
                evidence.Begin(starting++);
            }
            else
            {
                evidence.Enter(entering++);
            }

            float nowLow = evidence.Value(0), nowHigh = evidence.Value(1);
            changes.Append(Math.Max(0, (int)bin), nowLow - low, nowHigh - high);
            (low, high) = (nowLow, nowHigh);
        }
    }

    /// <summary>Adds a call's curve to a cause's; <paramref name="curve"/> holds the two shares' differences.</summary>
    public void Add(Changes changes, Span<float> curve)
    {
        Span<float> lows = curve[..Bins], highs = curve.Slice(Bins, Bins);
        for (int i = 0; i < changes.Count; i++)
        {
            int bin = changes.Bin[i];
            lows[bin] += changes.Low[i];
            highs[bin] += changes.High[i];
        }
    }

    /// <summary>The highest point of a curve: the larger of the two shares at the best offset.</summary>
    public (float Value, int Bin) Peak(ReadOnlySpan<float> curve)
    {
        double low = 0, high = 0, best = double.NegativeInfinity;
        int where = 0;
        for (int i = 0; i < Bins; i++)
        {
            low += curve[i];
            high += curve[Bins + i];
            double value = Math.Max(low, high);
            if (value > best)
            {
                (best, where) = (value, i);
            }
        }

        return ((float)best, where);
    }

    /// <summary>The curve itself, the larger of the two shares at each offset.</summary>
    public double[] Curve(ReadOnlySpan<float> differences)
    {
        double[] values = new double[Bins];
        double low = 0, high = 0;
        for (int i = 0; i < Bins; i++)
        {
            low += differences[i];
            high += differences[Bins + i];
            values[i] = Math.Max(low, high);
        }

        return values;
    }
}
