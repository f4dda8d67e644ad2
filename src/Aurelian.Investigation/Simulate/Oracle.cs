using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Simulate;

/// <summary>
/// What could be known of a made case: the posterior of someone who is told the clocks, the rates, the lags and which
/// calls misbehave, but not when their processes ended. No method can be right more often.
/// </summary>
public static class Oracle
{
    /// <summary>
    /// For each alert the likeliest of the culprit calls (null: none can be it), and its probability.
    /// </summary>
    public static IReadOnlyList<(int? Best, double Probability)> Shares(SimulatedCase simulated)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        InvestigationCase @case = simulated.Case;
        (int Call, int Flavour)[] culprits = [.. simulated.Truth.Culprits
            .SelectMany(c => c.Calls.Select(i => (i, c.Flavour))).OrderBy(c => @case.Calls[c.i].Start)];
        List<(int?, double)> answers = [];
        foreach (CaseAlert alert in @case.Alerts)
        {
            int type = Array.IndexOf(CommandBook.AlertTypes, alert.Type);
            double background = simulated.Setting.BackgroundPerHour / 3600 * CommandBook.BackgroundTypes[type];
            double total = background, best = 0;
            int? cause = null;
            foreach ((int call, int flavour) in culprits)
            {
                double share = type == CommandBook.TypeOf(flavour) ? 0.85 : 0;
                share += type == 4 ? 0.15 : 0;
                double rate = share * Rate(simulated, @case.Calls[call], alert.Time);
                total += rate;
                if (rate > best)
                {
                    (best, cause) = (rate, call);
                }
            }

            answers.Add((cause, best / total));
        }

        return answers;
    }

    /// <summary>The share of the culprits' alerts whose call it names first; null without a culprit's alert.</summary>
    public static double? ShareOf(SimulatedCase simulated)
    {
        IReadOnlyList<(int? Best, double Probability)> answers = Shares(simulated);
        int[] own = [.. Enumerable.Range(0, answers.Count).Where(i => simulated.Truth.Alerts[i].Call is not null)];
        return own.Length == 0 ? null
            : own.Count(i => answers[i].Best == simulated.Truth.Alerts[i].Call) / (double)own.Length;
    }

    private static double Rate(SimulatedCase simulated, CaseCall call, double stamp)
    {
        SimulationSetting setting = simulated.Setting;
        double offset = simulated.Truth.OffsetAt(call.Start), grain = setting.GrainSeconds;
        double low = stamp - offset - call.Start, high = low + grain;
        if (high < 0 || call.Start + low > call.SandboxEnd)
        {
            return 0;
        }

        double Lag(double u) => u <= 0 ? 0
            : Special.NormalCdf(Math.Log(u / simulated.Truth.LagMedianSeconds) / setting.LagSigma);
        double onset = setting.OnsetShare * (Lag(high) - Lag(low)) / grain, middle = Math.Max(0, (low + high) / 2);
        double span = call.End - call.Start, part = (high - Math.Max(0, low)) / grain;
        bool detached = span < 1;
        double alive = EpisodeScheduler.Survival(setting, middle, span, detached);
        return (1 - setting.MissingShare) * (onset + (simulated.Truth.AlertsPerSecond * part * alive));
    }
}
