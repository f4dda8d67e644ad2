namespace Aurelian.Investigation;

/// <summary>Search in sorted numbers.</summary>
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
}
