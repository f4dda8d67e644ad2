namespace Aurelian.Investigation.Causes;

/// <summary>
/// What chance alone reaches: the values of many null rounds, ranked, and beyond the 98th percentile an exponential
/// tail, since a log likelihood ratio falls off like one.
/// </summary>
internal sealed class NullTail
{
    private const double TailShare = 0.02;
    private const int TailMin = 20;

    private readonly float[] _sorted;
    private readonly int _count;
    private readonly double _threshold;
    private readonly double _scale;
    private readonly double _share;

    /// <param name="sorted">Rising; those below the tail may be left out.</param>
    /// <param name="count">Of them all.</param>
    public NullTail(float[] sorted, int count)
    {
        (_sorted, _count) = (sorted, count);
        int tail = Math.Min(_sorted.Length, LengthOf(count));
        if (tail == 0)
        {
            return;
        }

        _threshold = _sorted[^tail];
        _share = tail / (double)count;
        // Never shorter than the theory's scale of 1.
        _scale = Math.Max(1, _sorted.TakeLast(tail).Average(v => v - _threshold) * tail / Math.Max(1, tail - 1));
    }

    /// <summary>How many of the highest of so many make the tail.</summary>
    public static int LengthOf(int count) => Math.Max(TailMin, (int)(TailShare * count));

    /// <summary>The chance of a value at least this high.</summary>
    public double PValue(double value)
    {
        if (_sorted.Length == 0)
        {
            return 1;
        }

        if (value > _threshold)
        {
            return Math.Max(1e-300, _share * Math.Exp(-(value - _threshold) / _scale));
        }

        int below = Array.BinarySearch(_sorted, (float)value);
        below = below < 0 ? ~below : below;
        while (below > 0 && _sorted[below - 1] >= value)
        {
            below--;
        }

        return Math.Min(1, (_sorted.Length - below + 1.0) / (_count + 1.0));
    }
}
