namespace Aurelian.Training.Monitoring;

/// <summary>One quantity of a step, and whether it left its recent past.</summary>
public sealed record DriftAlarm(string Name, double Value, double Mean, double Deviations);

/// <summary>
/// Watches each step's quantities against an exponentially weighted mean and variance of the steps before. An alarm
/// says that behaviour shifted, not that it is bad: a look at the episodes is due.
/// </summary>
/// <param name="memory">Steps that count, roughly.</param>
/// <param name="warmUp">Steps without alarms, until a past exists.</param>
/// <param name="deviationsMax">Standard deviations that raise an alarm.</param>
public sealed class DriftMonitor(int memory = 10, int warmUp = 5, double deviationsMax = 4)
{
    /// <summary>What never moved would otherwise raise an alarm at its first movement, however small.</summary>
    private const double RelativeFloor = 0.05, AbsoluteFloor = 1e-3;

    private readonly Dictionary<string, (int Steps, double Mean, double Variance)> _past = [];

    public IReadOnlyList<DriftAlarm> Observe(IReadOnlyDictionary<string, double> quantities)
    {
        List<DriftAlarm> alarms = [];
        double weight = 2.0 / (memory + 1);
        foreach ((string name, double value) in quantities.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            if (!_past.TryGetValue(name, out (int Steps, double Mean, double Variance) past))
            {
                _past[name] = (1, value, 0);
                continue;
            }

            double floor = Math.Max(AbsoluteFloor, RelativeFloor * Math.Abs(past.Mean));
            double deviations = (value - past.Mean) / Math.Max(floor, Math.Sqrt(past.Variance));
            if (past.Steps >= warmUp && Math.Abs(deviations) > deviationsMax)
            {
                alarms.Add(new DriftAlarm(name, value, past.Mean, deviations));
            }

            double step = value - past.Mean;
            _past[name] = (past.Steps + 1, past.Mean + (weight * step),
                (1 - weight) * (past.Variance + (weight * step * step)));
        }

        return alarms;
    }
}
