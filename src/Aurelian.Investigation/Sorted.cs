namespace Aurelian.Investigation;

/// <summary>Search in sorted numbers, and samples of them.</summary>
internal static class Sorted
{
    /// <summary>Index of the first at or after a value; their count if there is none.</summary>
    public static int FirstFrom(ReadOnlySpan<double> sorted, double value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Indexes of at most so many of them, evenly spaced.</summary>
    public static int[] Spaced(int count, int most) => count <= most
        ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, most).Select(k => (int)((long)k * count / most))];
}
