namespace Aurelian.Investigation;

/// <summary>
/// The 95 % interval of a share (Wilson 1927). Unlike the bootstrap it stays honest with few files, and where all or
/// none were found: of 0 of 1 it says 0 to 0.79.
/// </summary>
internal static class Wilson
{
    private const double Z = 1.959964;

    internal static (double Low, double High) Interval(int found, int of)
    {
        if (of == 0)
        {
            return (0, 1);
        }

        double share = found / (double)of, denominator = 1 + (Z * Z / of);
        double centre = share + (Z * Z / (2 * of));
        double half = Z * Math.Sqrt((share * (1 - share) / of) + (Z * Z / (4.0 * of * of)));
        // Exact at the ends, where rounding would leave a hair.
        return (found == 0 ? 0 : (centre - half) / denominator, found == of ? 1 : (centre + half) / denominator);
    }
}
