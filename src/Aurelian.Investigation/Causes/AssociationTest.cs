using Aurelian.Investigation.Answer;

namespace Aurelian.Investigation.Causes;

/// <summary>
/// Tests every cause against null rounds that search the offset anew. Tasks, episodes, tools and commands are turned
/// visit by visit; steps and checkpoints, whose calls all lie together, as a whole.
/// </summary>
internal sealed class AssociationTest(CaseFrame frame, List<Cause> causes, InvestigationOptions options)
{
    private const int AlertsMax = 3000;

    /// <summary>
    /// Beyond so many calls fewer rounds do: each holds more causes, and the tail is fitted over all.
    /// </summary>
    private const int CallsForAllRounds = 60_000;
    private const int RoundsMin = 5;

    /// <summary>Beyond this nothing is said of a cause, however it is compared.</summary>
    private const double LowP = 0.1;

    /// <summary>The peak and p-value of every cause for a set of alerts (indexes into the frame's).</summary>
    public (float[] Peaks, double[] PValues) Run(int[] alerts, Action<double> progress) => Run(
        [.. alerts.Select(i => frame.AlertTime[i])], [.. alerts.Select(i => frame.AlertType[i])],
        options.OffsetRangeSeconds, progress);

    /// <summary>The same for alerts at given times, within a range of offsets from there.</summary>
    public (float[] Peaks, double[] PValues) Run(double[] times, int[] types, double range, Action<double> progress)
    {
        (times, types) = Thin(times, types);
        float[] peaks = new float[causes.Count];
        double[] pValues = new double[causes.Count];
        Array.Fill(pValues, 1);
        CauseKind[][] groups = [[CauseKind.Task, CauseKind.Episode, CauseKind.Tool, CauseKind.Command],
            [CauseKind.Step], [CauseKind.Checkpoint]];
        for (int g = 0; g < groups.Length; g++)
        {
            int[] which = [.. Enumerable.Range(0, causes.Count).Where(i => groups[g].Contains(causes[i].Kind))];
            // A kind with a single value distinguishes nothing.
            if (which.Length < 2 || times.Length == 0)
            {
                continue;
            }

            (int[] block, int blocks) = g == 0
                ? (frame.Visit, frame.Visits)
                : Blocks([.. which.Select(i => causes[i])]);
            Test(which, block, blocks, new CauseScan(frame, [.. which.Select(i => causes[i])], times, types, range,
                StepOf(frame)), g, peaks, pValues, progress);
        }

        return (peaks, pValues);
    }

    /// <summary>
    /// Evenly spaced alerts tell as much as all of them where there are thousands, in bounded time.
    /// </summary>
    public static (double[] Times, int[] Types) Thin(double[] times, int[] types)
    {
        int[] kept = Sorted.Spaced(times.Length, AlertsMax);
        return kept.Length == times.Length
            ? (times, types)
            : ([.. kept.Select(i => times[i])], [.. kept.Select(i => types[i])]);
    }

    /// <summary>How finely offsets are searched, seconds.</summary>
    public static double StepOf(CaseFrame frame) => Math.Max(1, frame.Grain / 10);

    private (int[] Block, int Count) Blocks(List<Cause> of)
    {
        int[] block = new int[frame.Calls];
        for (int k = 0; k < of.Count; k++)
        {
            foreach (int call in of[k].Calls)
            {
                block[call] = k;
            }
        }

        return (block, of.Count);
    }

    private void Test(
        int[] which, int[] block, int blocks, CauseScan scan, int group, float[] peaks, double[] pValues,
        Action<double> progress)
    {
        List<Cause> of = [.. which.Select(i => causes[i])];
        int rounds = (int)Math.Min(options.NullRounds,
            Math.Max(RoundsMin, (long)options.NullRounds * CallsForAllRounds / Math.Max(1, frame.Calls)));
        float[][] peaksOf = new float[rounds + 1][]; // of the null rounds, and last of what was seen
        int done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, peaksOf.Length, parallel, round =>
        {
            peaksOf[round] = scan.Peaks(round == rounds
                ? frame.Start
                : Rotation.Starts(frame, block, blocks, Mix(options.Seed, group, round)));
            progress(Interlocked.Increment(ref done) / (double)peaksOf.Length);
        });
        (float[][] nulls, float[] seen) = (peaksOf[..rounds], peaksOf[rounds]);
        KindNull? tasks = null;
        foreach (CauseKind kind in of.Select(c => c.Kind).Distinct().Order())
        {
            int[] same = [.. Enumerable.Range(0, of.Count).Where(i => of[i].Kind == kind)];
            KindNull chance = new(frame, scan, same, nulls);
            if (kind == CauseKind.Task)
            {
                tasks = chance;
            }

            foreach (int i in same)
            {
                peaks[which[i]] = seen[i];
                pValues[which[i]] = same.Length < 2 ? 1 : chance.PValue(i, seen[i]);
                // A word that mostly one task says has that task's chance: other words are spread over all.
                if (kind == CauseKind.Command && pValues[which[i]] < LowP && tasks is not null
                    && KindNull.MostOf(of[i].Calls, frame.Task) is { } most
                    && of.FindIndex(c => c.Kind == CauseKind.Task && c.Value == frame.Tasks[most]) is >= 0 and int task)
                {
                    pValues[which[i]] = Math.Max(pValues[which[i]], tasks.PValue(task, seen[i]));
                }
            }
        }
    }

    private static int Mix(int seed, int group, int round) =>
        unchecked((seed * 486_187_739) + (group * 1_000_003) + (round * 7919) + 12345);
}
