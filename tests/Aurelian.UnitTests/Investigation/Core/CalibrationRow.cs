using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>What one made case measures of the method. Counts, so that rows can be added up.</summary>
public sealed record CalibrationRow
{
    public const int Bins = 10;
    private const double SetMass = 0.9;

    public required string Setting { get; init; }

    public required int Seed { get; init; }

    public bool Found { get; init; }

    /// <summary>The first task of the answer is a culprit.</summary>
    public bool FirstTask { get; init; }

    /// <summary>As many tasks in front as there are culprits, and just those.</summary>
    public bool AllInFront { get; init; }

    public int CulpritCalls { get; init; }

    /// <summary>Alerts that a culprit caused; the next five count among these.</summary>
    public int CulpritAlerts { get; init; }

    public int First { get; init; }

    public int FirstTwo { get; init; }

    /// <summary>The likeliest answers that add up to 0.9, background among them, hold the true call.</summary>
    public int InSet { get; init; }

    /// <summary>Only one culprit's process lived.</summary>
    public int Single { get; init; }

    public int SingleFirst { get; init; }

    /// <summary>Alerts that the oracle expects to name.</summary>
    public double Oracle { get; init; }

    /// <summary>Seconds; null where the clock is called unknown.</summary>
    public double? ClockError { get; init; }

    public double? HalfWidth { get; init; }

    public bool Covered { get; init; }

    /// <summary>By the probability of the likeliest answer: sums of probabilities, and of right answers.</summary>
    public double[] Said { get; init; } = new double[Bins];

    public double[] Right { get; init; } = new double[Bins];

    public int Alerts { get; init; }

    public static CalibrationRow Of(string setting, int seed)
    {
        SimulatedCase made = CaseSimulator.Make(SimulationSetting.All[setting], seed);
        InvestigationAnswer answer = Investigator.Investigate(made.Case);
        SimulatedTruth truth = made.Truth;
        string[] tasks = [.. answer.Associations.Where(a => a.Kind == CauseKind.Task).Select(a => a.Value)];
        HashSet<string> culprits = [.. truth.Culprits.Select(c => c.Task)];
        (AlertAnswer Answer, SimulatedCause Truth)[] alerts = [.. answer.Alerts.Zip(truth.Alerts)];
        (AlertAnswer Answer, SimulatedCause Truth)[] own = [.. alerts.Where(a => a.Truth.Call is not null)];
        CalibrationRow row = new()
        {
            Setting = setting, Seed = seed, Found = answer.Conclusion == Conclusion.Found,
            FirstTask = tasks.Length > 0 && culprits.Contains(tasks[0]),
            AllInFront = culprits.SetEquals(tasks.Take(culprits.Count)),
            CulpritCalls = truth.Culprits.Sum(c => c.Calls.Count), CulpritAlerts = own.Length,
            First = own.Count(a => Among(a, 1)), FirstTwo = own.Count(a => Among(a, 2)),
            InSet = own.Count(InSmallestSet),
            Single = own.Count(a => a.Truth.Alive == 1),
            SingleFirst = own.Count(a => a.Truth.Alive == 1 && Among(a, 1)),
            Oracle = (Aurelian.Investigation.Simulate.Oracle.ShareOf(made) ?? 0) * own.Length, Alerts = alerts.Length,
        };
        foreach ((AlertAnswer said, SimulatedCause cause) in alerts)
        {
            row.Count(said, cause);
        }

        return answer.Clock is { OffsetSeconds: { } offset, OffsetInterval: { } interval, ReferenceTime: { } at }
            ? row with
            {
                ClockError = Math.Abs(offset - truth.OffsetAt(at)), HalfWidth = (interval.High - interval.Low) / 2,
                Covered = interval.Low <= truth.OffsetAt(at) && truth.OffsetAt(at) <= interval.High,
            }
            : row;
    }

    private void Count(AlertAnswer said, SimulatedCause cause)
    {
        Candidate? top = said.Candidates.Count == 0 ? null : said.Candidates[0];
        double background = said.Background!.Value;
        bool call = top is not null && top.Probability > background;
        double probability = call ? top!.Probability : background;
        int bin = Math.Min(Bins - 1, (int)(Bins * probability));
        Said[bin] += probability;
        Right[bin] += (call ? cause.Call == top!.Call : cause.Call is null) ? 1 : 0;
    }

    private static bool Among((AlertAnswer Answer, SimulatedCause Truth) alert, int first) =>
        alert.Answer.Candidates.Take(first).Any(c => c.Call == alert.Truth.Call);

    private static bool InSmallestSet((AlertAnswer Answer, SimulatedCause Truth) alert)
    {
        double mass = 0;
        IEnumerable<(int? Call, double Probability)> answers = alert.Answer.Candidates
            .Select(c => ((int?)c.Call, c.Probability)).Append((null, alert.Answer.Background!.Value))
            .OrderByDescending(a => a.Item2);
        foreach ((int? call, double probability) in answers)
        {
            if (call == alert.Truth.Call)
            {
                return true;
            }

            if ((mass += probability) >= SetMass)
            {
                return false;
            }
        }

        return false;
    }
}
