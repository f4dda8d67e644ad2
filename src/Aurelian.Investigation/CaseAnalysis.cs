using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Causes;
using Aurelian.Investigation.Joins;
using Aurelian.Investigation.Sampling;

namespace Aurelian.Investigation;

/// <summary>
/// The statistics of a case without keys: tests every cause, samples who among the suspects did it, and looks again at
/// what is left unexplained, so that a second culprit is seen behind the first.
/// </summary>
internal sealed class CaseAnalysis(
    CaseFrame frame, InvestigationOptions options, JoinedFlows joined,
    IProgress<InvestigationProgress>? progress)
{
    public const double Found = 0.05;
    private const int SuspectsMax = 4;
    private const int RoundsMax = 3;
    private const double RangeMin = 3;

    public List<Cause> Causes { get; } = CauseIndex.Of(frame);

    public double[] PValues { get; private set; } = [];

    public double[] QValues { get; private set; } = [];

    public float[] Peaks { get; private set; } = [];

    /// <summary>Who caused each alert; null where there is nothing to sample.</summary>
    public Attribution? Attribution { get; private set; }

    /// <summary>The posterior over the case, or of a long one over the stretch that tells its clock best.</summary>
    public PosteriorSample? Posterior { get; private set; }

    /// <summary>Causes (indexes) of the suspect tasks.</summary>
    public List<int> Suspects { get; } = [];

    /// <summary>
    /// How far the suspects are to be believed: all the way if anything was found, else by what their coincidence
    /// leaves to chance.
    /// </summary>
    public double Belief => AnyFound || joined.Alerts.Count > 0 || Suspects.Count == 0
        ? 1
        : Math.Max(0, 1 - Suspects.Min(s => QValues[s]));

    public bool AnyFound => QValues.Any(q => q <= Found);

    public void Run()
    {
        AssociationTest test = new(frame, Causes, options);
        int[] open = [.. Enumerable.Range(0, frame.Alerts)];
        const string stage = "testing causes against chance";
        // Where flow records tell the clock there is no offset to search, and chance has that much less room.
        (Peaks, PValues) = joined.Clock is { } clock
            ? TestAt(test, open, clock.Offset, clock.DriftPpm, clock.Reference, RangeMin, stage)
            : test.Run(open, Stage(stage));
        QValues = BenjaminiHochberg.QValues(PValues);
        AddJoined();
        AddSuspects(PValues, QValues, true);
        for (int round = 0; Suspects.Count > 0 && round < RoundsMax; round++)
        {
            Sample(round);
            open = [.. Enumerable.Range(0, frame.Alerts).Where(i => Attribution!.Background[i] > 0.5)];
            if (!AnyFound || open.Length == frame.Alerts || Suspects.Count >= SuspectsMax)
            {
                break;
            }

            if (!LookBehind(test, open))
            {
                break;
            }
        }
    }

    // The tasks that flow records name.
    private void AddJoined()
    {
        IEnumerable<string> tasks = joined.Alerts.Values.SelectMany(j => j.Calls.Take(1))
            .GroupBy(c => frame.Tasks[frame.Task[c]]).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => g.Key).Take(SuspectsMax);
        Suspects.AddRange(tasks.Select(t => Causes.FindIndex(c => c.Kind == CauseKind.Task && c.Value == t)));
    }

    // Tests the tasks again on the alerts that the suspects leave unexplained; true if there is another suspect.
    private bool LookBehind(AssociationTest test, int[] open)
    {
        // The first culprit has told the clock, with alerts that are no longer among these: little is left to search.
        ClockParameters[] clocks = [.. Posterior!.Clocks];
        double[] offsets = [.. clocks.Select(c => c.Offset).Order()];
        double offset = Quantiles.At(offsets, 0.5);
        (double drift, _) = Quantiles.Of(clocks.Select(c => c.DriftPpm));
        double range = Math.Clamp(
            Quantiles.At(offsets, 0.85) - Quantiles.At(offsets, 0.15), RangeMin, options.OffsetRangeSeconds);
        (float[] peaks, double[] pValues) = TestAt(
            test, open, offset, drift, Posterior!.Space.Reference, range, "testing what is left against chance");
        for (int i = 0; i < Causes.Count; i++)
        {
            if (Causes[i].Kind == CauseKind.Task && !Suspects.Contains(i))
            {
                (PValues[i], Peaks[i]) = (pValues[i], peaks[i]);
            }
        }

        QValues = BenjaminiHochberg.QValues(PValues);
        return AddSuspects(PValues, QValues, false);
    }

    // Tests every cause on some of the alerts, at a clock that is known to within a range.
    private (float[] Peaks, double[] PValues) TestAt(
        AssociationTest test, int[] alerts, double offset, double drift, double reference, double range, string stage)
    {
        int[] sorted = [.. alerts.OrderBy(i => frame.AlertTime[i])];
        double[] times = [.. sorted.Select(i => frame.AlertTime[i] - offset
            - (drift * 1e-6 * (frame.AlertTime[i] - offset - reference)))];
        return test.Run(times, [.. sorted.Select(i => frame.AlertType[i])], range, Stage(stage));
    }

    private bool AddSuspects(double[] pValues, double[] qValues, bool first)
    {
        int[] tasks = [.. Enumerable.Range(0, Causes.Count)
            .Where(i => Causes[i].Kind == CauseKind.Task && !Suspects.Contains(i))
            .OrderBy(i => pValues[i]).ThenByDescending(i => Peaks[i]).ThenBy(i => i)];
        int before = Suspects.Count;
        bool guess = first && before == 0;
        foreach (int task in tasks.Where((t, rank) =>
            qValues[t] <= Found || (guess && rank == 0 && Peaks[t] > 0)))
        {
            if (Suspects.Count < SuspectsMax)
            {
                Suspects.Add(task);
            }
        }

        return Suspects.Count > before;
    }

    private void Sample(int round)
    {
        CauseScan scan = new(frame, Causes, frame.AlertTime, frame.AlertType, options.OffsetRangeSeconds,
            AssociationTest.StepOf(frame));
        int[] tasks = [.. Suspects.Select(i => Array.IndexOf(frame.Tasks, Causes[i].Value))];
        Stretches stretches = new(frame, tasks, FoundCells(scan), options, joined.Clock);
        (Attribution, Posterior) = stretches.Run(
            space => Starts(space, scan), options.Seed + round, Stage("sampling who did it"));
    }

    private List<StartingPoint> Starts(SampleSpace space, CauseScan scan)
    {
        List<StartingPoint> starts = StartingPoints.Of(space, scan, Suspects);
        return joined.Clock is { } clock ? [.. starts.Select(s => s with { Offset = clock.Offset })] : starts;
    }

    // The programs whose calls speak loudest for each suspect.
    private HashSet<int> FoundCells(CauseScan scan)
    {
        HashSet<int> cells = [];
        foreach (int suspect in Suspects)
        {
            int[][] sets = scan.SetsAt(suspect);
            int[] best = sets.MaxBy(s => scan.Curve(s).Values.Max()) ?? [];
            int[] of = [.. best.Select(c => frame.Cell[c]).Distinct()];
            if (of.Length == 1)
            {
                cells.Add(of[0]);
            }
        }

        return cells;
    }

    private Action<double> Stage(string stage) => done => progress?.Report(new InvestigationProgress(stage, done));
}
