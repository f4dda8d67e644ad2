using Aurelian.Investigation.Causes;

namespace Aurelian.Investigation.Sampling;

/// <summary>Readings of the clock to begin from: the highest peaks of the curves that the suspect tasks were found
/// by.</summary>
internal static class StartingPoints
{
    private const int PeaksOfCurve = 5;
    private const int BinsApart = 4;

    public static List<StartingPoint> Of(SampleSpace space, CauseScan scan, IEnumerable<int> suspects)
    {
        Dictionary<int, int> index = space.Calls.Index().ToDictionary(c => c.Item, c => c.Index);
        List<(double Height, StartingPoint Point)> found = [];
        foreach (int[] calls in suspects.SelectMany(scan.SetsAt))
        {
            int[] known = [.. calls.Where(index.ContainsKey).Select(c => index[c])];
            (double[] curve, int[] best, double[] offsets) = scan.Curve(calls, space.Frame.Start);
            foreach (int bin in known.Length == 0 ? [] : Peaks(curve))
            {
                found.Add((curve[bin], new StartingPoint(offsets[bin], curve[bin], known, best[bin])));
            }
        }

        return [.. found.OrderByDescending(f => f.Height).Select(f => f.Point)];
    }

    private static List<int> Peaks(double[] curve)
    {
        List<int> peaks = [];
        double[] left = [.. curve];
        while (peaks.Count < PeaksOfCurve)
        {
            int best = Array.IndexOf(left, left.Max());
            if (left[best] <= 0.5)
            {
                break;
            }

            peaks.Add(best);
            int from = Math.Max(0, best - BinsApart), to = Math.Min(left.Length, best + BinsApart + 1);
            Array.Fill(left, double.NegativeInfinity, from, to - from);
        }

        return peaks;
    }
}
