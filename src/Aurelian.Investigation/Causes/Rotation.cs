namespace Aurelian.Investigation.Causes;

/// <summary>
/// A world without causes: every block of calls (a visit: the concurrent sibling rollouts of a task; a whole step; a
/// whole checkpoint) is turned round the clock of the run by an amount of its own. Alerts stay where they are, and so
/// do their bursts. To shift all alerts together would leave only about a dozen independent positions.
/// </summary>
internal static class Rotation
{
    public static double[] Starts(CaseFrame frame, int[] block, int blocks, int seed)
    {
        Random random = new(seed);
        double[] shift = new double[blocks];
        for (int i = 0; i < blocks; i++)
        {
            shift[i] = random.NextDouble() * frame.TraceSeconds;
        }

        double[] starts = new double[frame.Calls];
        for (int i = 0; i < starts.Length; i++)
        {
            double at = frame.Start[i] + shift[block[i]];
            starts[i] = at < frame.TraceSeconds ? at : at - frame.TraceSeconds;
        }

        return starts;
    }
}
