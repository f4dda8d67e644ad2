using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Explaining;

/// <summary>
/// Samples of load laid beside the calls: the mean of those that fall within a call, of its episode or of its sandbox's
/// address. Samples of a whole host are of all its sandboxes at once and say nothing of one.
/// </summary>
public sealed class CallLoads
{
    private readonly InvestigationCase _case;
    private readonly Dictionary<string, (double[] Times, double[] Sums)>[] _series;
    private readonly double[][] _sorted;

    public CallLoads(InvestigationCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        _case = @case;
        LoadKind[] kinds = Enum.GetValues<LoadKind>();
        _series = [.. kinds.Select(SeriesOf)];
        _sorted = [.. kinds.Select(kind => (double[])[.. @case.Calls.Select(call => MeanOf(kind, call))
            .OfType<double>().Order()])];
    }

    /// <summary>One for each kind of load that was sampled while the call ran.</summary>
    public IReadOnlyList<CallLoad> Of(CaseCall call) => [.. Enum.GetValues<LoadKind>().Select(kind =>
        MeanOf(kind, call) is { } mean
            ? new CallLoad(kind, mean, Below(_sorted[(int)kind], mean), _sorted[(int)kind].Length)
            : null).OfType<CallLoad>()];

    // By subject: the samples' times, and the running sums of what they say.
    private Dictionary<string, (double[] Times, double[] Sums)> SeriesOf(LoadKind kind) => _case.Samples
        .Where(sample => sample.Of(kind) is not null).GroupBy(sample => sample.Subject, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group =>
        {
            CaseSample[] samples = [.. group.OrderBy(sample => sample.Time)];
            double[] sums = new double[samples.Length + 1];
            for (int k = 0; k < samples.Length; k++)
            {
                sums[k + 1] = sums[k] + samples[k].Of(kind)!.Value;
            }

            return (samples.Select(sample => sample.Time).ToArray(), sums);
        }, StringComparer.Ordinal);

    private double? MeanOf(LoadKind kind, CaseCall call)
    {
        Dictionary<string, (double[] Times, double[] Sums)> series = _series[(int)kind];
        if (!series.TryGetValue(call.Episode, out var of)
            && (call.HostAddress is not { } address || !series.TryGetValue(address, out of)))
        {
            return null;
        }

        int from = Sorted.FirstFrom(of.Times, call.Start), to = Sorted.FirstFrom(of.Times, call.End);
        return to > from ? (of.Sums[to] - of.Sums[from]) / (to - from) : null;
    }

    private static double Below(double[] sorted, double value) =>
        Sorted.FirstFrom(sorted, value) / (double)sorted.Length;
}
