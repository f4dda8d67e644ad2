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
    private const int AskedMax = 6;
    private const int WordedMax = 2;
    private const double LoudMin = 2;
    private const int NearSteps = 5;
    private const double ExplainedMin = 0.5;
    private const double RangeMin = 3;
    private const double HeightsApart = 4;

    /// <summary>
    /// Of a lead that chance explains as well: it is named after the background, and its calls in their order.
    /// </summary>
    private const double BeliefMin = 0.12;

    private CauseScan? _scan;

    public List<Cause> Causes { get; } = CauseIndex.Of(frame);

    public double[] PValues { get; private set; } = [];

    public double[] QValues { get; private set; } = [];

    public float[] Peaks { get; private set; } = [];

    /// <summary>Who caused each alert; null where there is nothing to sample.</summary>
    public Attribution? Attribution { get; private set; }

    /// <summary>The posterior over the case, of a long one over evenly spaced alerts of it.</summary>
    public PosteriorSample? Posterior { get; private set; }

    /// <summary>Causes (indexes) of the suspect tasks.</summary>
    public List<int> Suspects { get; } = [];

    /// <summary>
    /// How far the suspects are to be believed: all the way if anything was found, else by what their coincidence
    /// leaves to chance.
    /// </summary>
    public double Belief => AnyFound || joined.Alerts.Count > 0 || Suspects.Count == 0
        ? 1
        : Math.Max(BeliefMin, 1 - Suspects.Min(s => QValues[s]));

    // Sampled as a whole, not stretch by stretch.
    private bool IsWhole => frame.Alerts <= Stretches.AlertsMax;

    public bool AnyFound => QValues.Any(q => q <= Found);

    public void Run()
    {
        AssociationTest test = new(frame, Causes, options);
        int[] all = [.. Enumerable.Range(0, frame.Alerts)];
        const string stage = "testing causes against chance";
        // Where flow records tell the clock there is no offset to search, and chance has that much less room.
        (Peaks, PValues) = joined.Clock is { } clock
            ? TestAt(test, all, new KnownClock(clock.Offset, clock.DriftPpm, clock.Reference, RangeMin), stage)
            : test.Run(all, Stage(stage));
        Dictionary<int, Trial> trials = joined.Clock is null && frame.Alerts <= SuspectTrials.AlertsMax ? Try() : [];
        QValues = QValuesOf(PValues);
        AddJoined();
        AddLikely(trials);
        if (Suspects.Count == 0)
        {
            return;
        }

        Sample(0);
        Quieten();
        int lead = LeadOf(trials);
        if (AnyFound)
        {
            LookAgain(lead);
        }
        else if (Suspects.Count > 1)
        {
            KnownClock at = trials.TryGetValue(lead, out Trial? alone) ? ClockOf(alone.Clock) : Clock();
            Suspects.Clear();
            Suspects.Add(lead);
            Sample(1, at);
        }
    }

    // Whoever explains most. Where nothing was found the sampler may have settled on one of several readings: then only
    // of those whose trial stands about as high as any.
    private int LeadOf(Dictionary<int, Trial> trials)
    {
        double Height(int suspect) => trials.GetValueOrDefault(suspect)?.Height ?? double.NegativeInfinity;
        double least = AnyFound ? double.NegativeInfinity : Suspects.Max(Height) - HeightsApart;
        return Suspects.Where(s => Height(s) >= least)
            .OrderByDescending(s => Explained(s) >= ExplainedMin ? Explained(s) : 0).ThenBy(s => PValues[s]).First();
    }

    // Tries each task alone. It is then tested twice, by the scan and by its trial, and pays for both.
    private Dictionary<int, Trial> Try()
    {
        int[] tasks = [.. TaskCauses];
        if (tasks.Length < 2)
        {
            return [];
        }

        (Trial?[] trials, double[] pValues) = new SuspectTrials(frame, [.. tasks.Select(i => Causes[i])], options)
            .Run(Stage("trying each task alone"));
        for (int k = 0; k < tasks.Length; k++)
        {
            PValues[tasks[k]] = Math.Min(1, 2 * Math.Min(PValues[tasks[k]], pValues[k]));
        }

        return tasks.Index().Where(t => trials[t.Index] is not null).ToDictionary(t => t.Item, t => trials[t.Index]!);
    }

    // A task is no likelier a cause than that any of its calls misbehaves once others are sampled beside it. Of a long
    // case only some alerts are looked at, which are no proof that nobody misbehaves.
    private void Quieten()
    {
        for (int k = 0; k < Suspects.Count && IsWhole; k++)
        {
            PValues[Suspects[k]] = Math.Max(PValues[Suspects[k]], Posterior!.QuietShare(k));
        }

        QValues = QValuesOf(PValues);
    }

    private IEnumerable<int> TaskCauses =>
        Enumerable.Range(0, Causes.Count).Where(i => Causes[i].Kind == CauseKind.Task);

    private bool IsJoined(int cause) => joined.Alerts.Values.Any(j =>
        j.Calls.Count > 0 && frame.Tasks[frame.Task[j.Calls[0]]] == Causes[cause].Value);

    // The tasks that flow records name.
    private void AddJoined()
    {
        IEnumerable<string> tasks = joined.Alerts.Values.SelectMany(j => j.Calls.Take(1))
            .GroupBy(c => frame.Tasks[frame.Task[c]]).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => g.Key).Take(SuspectsMax);
        Suspects.AddRange(tasks.Select(t => Causes.FindIndex(c => c.Kind == CauseKind.Task && c.Value == t)));
    }

    // The first culprit has told the clock. There the tasks that speak loudest are sampled beside it, and each task is
    // tested again on the alerts that the others do not explain: so a second culprit is seen behind the first, and a
    // task that only ran beside one is not taken for it.
    private void LookAgain(int lead)
    {
        KnownClock clock = Clock();
        int[] tasks = [.. TaskCauses];
        List<Cause> of = [.. tasks.Select(i => Causes[i])];
        float[] loud = LoudAt(clock, [.. Enumerable.Range(0, frame.Alerts)], tasks);
        int[] others = [.. Enumerable.Range(0, tasks.Length).Where(k => tasks[k] != lead && loud[k] > LoudMin)
            .OrderByDescending(k => loud[k]).Select(k => tasks[k])];
        int[] first = [.. Suspects], kept = [.. first.Where(s => s == lead || Explained(s) >= ExplainedMin)];
        (Attribution? attribution, PosteriorSample? posterior) = (Attribution, Posterior);
        Suspects.Clear();
        Suspects.AddRange(kept.Concat(others.Except(kept)).Take(AskedMax));
        Sample(1, clock);
        AssociationTest test = new(frame, of, options);
        int[] left = Unexplained(null);
        (float[] peaks, double[] pValues) = TestAt(test, left, clock, "testing what is left against chance");
        for (int k = 0; k < tasks.Length; k++)
        {
            int task = tasks[k];
            if (task == lead)
            {
                continue;
            }

            (PValues[task], Peaks[task]) = (pValues[k], peaks[k]);
            int[] own = Suspects.Contains(task) ? Unexplained(task) : left;
            if (own.Length > left.Length)
            {
                (float[] ownPeaks, double[] ownPValues) = TestAt(
                    test, own, clock, "testing what is left against chance");
                (PValues[task], Peaks[task]) = (ownPValues[k], ownPeaks[k]);
            }
        }

        Quieten();
        // Whoever was not confirmed would only take alerts from those who were.
        int[] confirmed = [.. Suspects.Where(s => s == lead || QValues[s] <= Found || IsJoined(s)).Take(SuspectsMax)];
        Suspects.Clear();
        Suspects.AddRange(confirmed);
        if (confirmed.Order().SequenceEqual(first.Order()))
        {
            (Attribution, Posterior) = (attribution, posterior);
            return;
        }

        Sample(2, clock);
    }

    // The alerts that no suspect, or none but one, explains.
    private int[] Unexplained(int? but)
    {
        int own = but is { } cause ? Array.IndexOf(frame.Tasks, Causes[cause].Value) : -1;
        return [.. Enumerable.Range(0, frame.Alerts).Where(i =>
            Attribution!.Shares[i].Where(s => frame.Task[s.Key] != own).Sum(s => s.Value) <= 0.5)];
    }

    private double Explained(int cause)
    {
        int task = Array.IndexOf(frame.Tasks, Causes[cause].Value);
        return Attribution!.Shares.Sum(a => a.Where(s => frame.Task[s.Key] == task).Sum(s => s.Value));
    }

    private KnownClock Clock()
    {
        ClockParameters[] clocks = [.. Posterior!.Clocks];
        double[] offsets = [.. clocks.Select(c => c.Offset).Order()];
        (double drift, _) = Quantiles.Of(clocks.Select(c => c.DriftPpm));
        double range = Math.Clamp(
            Quantiles.At(offsets, 0.85) - Quantiles.At(offsets, 0.15), RangeMin, options.OffsetRangeSeconds);
        return new KnownClock(Quantiles.At(offsets, 0.5), drift, Posterior.Space.Reference, range);
    }

    // Tests causes on some of the alerts, at a clock that is known to within a range.
    private (float[] Peaks, double[] PValues) TestAt(AssociationTest test, int[] alerts, KnownClock clock, string stage)
    {
        (double[] times, int[] types) = At(clock, alerts);
        return test.Run(times, types, clock.Range, Stage(stage));
    }

    private (double[] Times, int[] Types) At(KnownClock clock, int[] alerts)
    {
        int[] sorted = [.. alerts.OrderBy(i => frame.AlertTime[i])];
        return ([.. sorted.Select(i => frame.AlertTime[i] - clock.Offset
            - (clock.DriftPpm * 1e-6 * (frame.AlertTime[i] - clock.Offset - clock.Reference)))],
            [.. sorted.Select(i => frame.AlertType[i])]);
    }

    private double[] QValuesOf(double[] pValues) => BenjaminiHochberg.QValues(
        pValues, [.. Causes.Select(c => c.Kind)], kind => kind switch
        {
            CauseKind.Task => 0.4, CauseKind.Command => 0.3, CauseKind.Episode => 0.1, _ => 0.05,
        });

    // The tasks where found words stand, and those that speak loudest: which of them it was, the sampler says.
    private void AddLikely(Dictionary<int, Trial> trials)
    {
        CauseScan scan = Scan;
        IEnumerable<int> worded = Enumerable.Range(0, Causes.Count)
            .Where(i => Causes[i].Kind == CauseKind.Command && QValues[i] <= Found).OrderBy(i => PValues[i])
            .Select(word => Causes[word].Calls.GroupBy(c => frame.Task[c])
                .MaxBy(g => scan.Curve(g).Values.Max())!.Key).Distinct()
            .Select(task => Causes.FindIndex(c => c.Kind == CauseKind.Task && c.Value == frame.Tasks[task]));
        IEnumerable<int> loud = Enumerable.Range(0, Causes.Count)
            .Where(i => Causes[i].Kind == CauseKind.Task && Peaks[i] > 0)
            .OrderByDescending(i => trials.GetValueOrDefault(i)?.Height ?? double.NegativeInfinity)
            .ThenBy(i => PValues[i]).ThenByDescending(i => Peaks[i]).ThenBy(i => i);
        foreach (int task in worded.Take(WordedMax).Concat(loud))
        {
            if (Suspects.Count < SuspectsMax && !Suspects.Contains(task))
            {
                Suspects.Add(task);
            }
        }

        // Beside the likeliest two whoever speaks loudest of what they leave, by their clock: a pair of culprits may
        // explain more than any task alone.
        int[] companions = [.. Suspects.Where(trials.ContainsKey).OrderByDescending(s => trials[s].Height).Take(2)
            .Select(lead => LoudestAt(ClockOf(trials[lead].Clock), trials[lead].Left, lead)).OfType<int>().Distinct()
            .Except(Suspects)];
        Suspects.AddRange(companions);
    }

    private KnownClock ClockOf(in ClockParameters clock) =>
        new(clock.Offset, clock.DriftPpm, frame.TraceSeconds / 2, RangeMin);

    private int? LoudestAt(KnownClock clock, int[] alerts, int but)
    {
        int[] others = [.. TaskCauses.Where(i => i != but)];
        float[] loud = LoudAt(clock, alerts, others);
        int best = Array.IndexOf(loud, loud.DefaultIfEmpty().Max());
        return best >= 0 && loud[best] > LoudMin ? others[best] : null;
    }

    private float[] LoudAt(KnownClock clock, int[] alerts, int[] causes)
    {
        (double[] times, int[] types) = At(clock, alerts);
        return times.Length == 0
            ? new float[causes.Length]
            : ScanOf([.. causes.Select(i => Causes[i])], times, types, clock.Range).Peaks(frame.Start);
    }

    // Of all causes: made once, since it sorts every call.
    private CauseScan Scan => _scan ??= ScanOf(Causes, frame.AlertTime, frame.AlertType, options.OffsetRangeSeconds);

    private CauseScan ScanOf(List<Cause> causes, double[] times, int[] types, double range)
    {
        (times, types) = AssociationTest.Thin(times, types);
        return new CauseScan(frame, causes, times, types, range, AssociationTest.StepOf(frame));
    }

    private void Sample(int round, KnownClock? known = null)
    {
        CauseScan scan = Scan;
        int[] tasks = [.. Suspects.Select(i => Array.IndexOf(frame.Tasks, Causes[i].Value))];
        Stretches stretches = new(frame, tasks, FoundCells(scan), options, joined.Clock);
        (Attribution, Posterior) = stretches.Run(
            space => Starts(space, scan, known), options.Seed + round, Stage("sampling who did it"));
    }

    // Where the clock is known, only readings near it are begun from.
    private List<StartingPoint> Starts(SampleSpace space, CauseScan scan, KnownClock? known)
    {
        List<StartingPoint> starts = StartingPoints.Of(space, scan, Suspects);
        if (joined.Clock is { } clock)
        {
            return [.. starts.Select(s => s with { Offset = clock.Offset })];
        }

        if (known is not { } near)
        {
            return starts;
        }

        double range = near.Range + (NearSteps * AssociationTest.StepOf(frame));
        List<StartingPoint> close = [.. starts.Where(s => Math.Abs(s.Offset - near.Offset) <= range)];
        return close.Count > 0 ? close : starts;
    }

    // The programs whose calls speak loudest for each suspect.
    private HashSet<int> FoundCells(CauseScan scan)
    {
        HashSet<int> cells = [];
        foreach (int suspect in Suspects.Where(s => QValues[s] <= Found))
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

    // A clock, and how far it may be off, seconds.
    private readonly record struct KnownClock(double Offset, double DriftPpm, double Reference, double Range);
}
