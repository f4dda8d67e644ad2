using System.Globalization;
using Aurelian.Investigation;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Simulate;

namespace Aurelian.UnitTests.Investigation.Core;

/// <summary>
/// What the method reaches over many made cases (docs/INVESTIGATE-METHOD.md). AURELIAN_CALIBRATION_SEEDS says how many
/// seeds a setting; a seed takes about four seconds of one core.
/// </summary>
public class CalibrationTests
{
    private const int FirstSeed = 1000;

    private static int Seeds => int.Parse(
        Environment.GetEnvironmentVariable("AURELIAN_CALIBRATION_SEEDS") ?? "200", CultureInfo.InvariantCulture);

    [Fact(Explicit = true)]
    public void Chance_is_rarely_taken_for_a_finding()
    {
        int found = Run("null").Count(r => r.Answer.Conclusion == Conclusion.Found);
        Assert.True(found <= Math.Ceiling(0.08 * Seeds), $"{found} of {Seeds} null cases have a finding.");
    }

    [Theory(Explicit = true)]
    [InlineData("rome64", 0.99)]
    [InlineData("few", 0.8)]
    public void A_culprit_is_found(string setting, double power)
    {
        int found = Run(setting).Count(r => r.Answer.Conclusion == Conclusion.Found);
        Assert.True(found >= power * Seeds, $"{found} of {Seeds} cases are found.");
    }

    [Theory(Explicit = true)]
    [InlineData("rome64", 0.95)]
    [InlineData("few", 0.95)]
    [InlineData("outlive", 0.95)]
    [InlineData("daemon", 0.95)]
    [InlineData("two", 0.85)]
    [InlineData("silent", 0.85)]
    [InlineData("once", 0.7)]
    [InlineData("decoys", 0.7)]
    public void The_true_call_comes_first_nearly_as_often_as_could_be_known(string setting, double share)
    {
        double own = 0, oracle = 0;
        foreach ((SimulatedCase made, InvestigationAnswer answer) in Run(setting))
        {
            int[] culprits = [.. made.Truth.Alerts.Select((a, i) => (a, i)).Where(x => x.a.Call is not null)
                .Select(x => x.i)];
            own += culprits.Count(i =>
                answer.Alerts[i].Candidates is [var first, ..] && first.Call == made.Truth.Alerts[i].Call);
            oracle += Oracle.ShareOf(made)!.Value * culprits.Length;
        }

        Assert.True(own >= share * oracle, $"{own:f0} alerts right, the oracle {oracle:f0}.");
    }

    [Theory(Explicit = true)]
    [InlineData("rome64")]
    [InlineData("few")]
    public void The_clock_is_close_and_its_interval_honest(string setting)
    {
        List<(double Error, bool Covered)> clocks = [];
        foreach ((SimulatedCase made, InvestigationAnswer answer) in Run(setting))
        {
            if (answer.Clock is { OffsetSeconds: { } offset, OffsetInterval: { } interval, ReferenceTime: { } at })
            {
                double truth = made.Truth.OffsetAt(at);
                clocks.Add((Math.Abs(offset - truth), interval.Low <= truth && truth <= interval.High));
            }
        }

        Assert.True(clocks.Count(c => c.Error <= 2) >= 0.95 * clocks.Count, "within 2 s");
        Assert.True(clocks.Count(c => c.Error <= 1) >= 0.8 * clocks.Count, "within 1 s");
        Assert.InRange(clocks.Count(c => c.Covered) / (double)clocks.Count, 0.9, 1);
    }

    [Theory(Explicit = true)]
    [InlineData("rome64")]
    [InlineData("few")]
    [InlineData("once")]
    [InlineData("decoys")]
    [InlineData("null")]
    public void Probabilities_mean_what_they_say(string setting)
    {
        double[] said = new double[10], right = new double[10];
        double n = 0;
        foreach ((SimulatedCase made, InvestigationAnswer answer) in Run(setting))
        {
            foreach ((AlertAnswer alert, SimulatedCause cause) in answer.Alerts.Zip(made.Truth.Alerts))
            {
                Candidate? top = alert.Candidates.Count == 0 ? null : alert.Candidates[0];
                double background = alert.Background!.Value;
                bool call = top is not null && top.Probability > background;
                double probability = call ? top!.Probability : background;
                int bin = Math.Min(9, (int)(10 * probability));
                said[bin] += probability;
                right[bin] += call ? (cause.Call == top!.Call ? 1 : 0) : (cause.Call is null ? 1 : 0);
                n++;
            }
        }

        double error = said.Zip(right).Sum(b => Math.Abs(b.First - b.Second)) / n;
        Assert.True(error <= 0.05, $"Expected calibration error {error:f3}.");
    }

    private static IEnumerable<(SimulatedCase Made, InvestigationAnswer Answer)> Run(string setting) =>
        Enumerable.Range(FirstSeed, Seeds).Select(seed => CaseSimulator.Make(SimulationSetting.All[setting], seed))
            .Select(made => (made, Investigator.Investigate(made.Case)));
}
