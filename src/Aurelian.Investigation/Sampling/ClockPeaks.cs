using Aurelian.Investigation.Simulate;

namespace Aurelian.Investigation.Sampling;

/// <summary>
/// The readings of the clock that the scan saw a group's calls at, as a mixture of normals: where a chain's jumps go.
/// Louder peaks are tried more often.
/// </summary>
internal sealed class ClockPeaks
{
    /// <summary>How much of a peak's log likelihood ratio its weight takes.</summary>
    private const double Sharpness = 0.5;

    private readonly double _width;
    private readonly double[] _ofGroups;
    private readonly (double Offset, double Weight)[][] _peaks;

    /// <param name="width">The standard deviation about a peak, seconds.</param>
    public ClockPeaks(SampleSpace space, IReadOnlyList<StartingPoint> starts, double width)
    {
        _width = width;
        double highest = starts.Count == 0 ? 0 : starts.Max(s => s.Height);
        List<(double Offset, double Weight)>[] peaks = [.. space.Groups.Select(_ => new List<(double, double)>())];
        foreach (StartingPoint start in starts)
        {
            double weight = Math.Exp(Sharpness * (start.Height - highest));
            foreach (int group in start.Calls.Select(c => space.GroupOf[c]).Distinct())
            {
                peaks[group].Add((start.Offset, weight));
            }
        }

        _peaks = [.. peaks.Select(p => p.ToArray())];
        _ofGroups = [.. _peaks.Select(p => p.Sum(k => k.Weight))];
    }

    public bool IsEmpty => !_ofGroups.Any(w => w > 0);

    /// <summary>A group, the likelier the louder its peaks.</summary>
    public int Group(Random random) => random.Weighted(_ofGroups);

    /// <summary>A clock for a group.</summary>
    public double Draw(int group, Random random)
    {
        (double Offset, double Weight)[] peaks = _peaks[group];
        return peaks[random.Weighted([.. peaks.Select(p => p.Weight)])].Offset + (_width * random.Normal());
    }

    /// <summary>The density of <see cref="Draw"/>, as a log.</summary>
    public double LogDensity(int group, double offset)
    {
        double sum = 0;
        foreach ((double peak, double weight) in _peaks[group])
        {
            double z = (offset - peak) / _width;
            sum += weight * Math.Exp(-0.5 * z * z);
        }

        return Math.Log(Math.Max(sum / _ofGroups[group] / _width / Math.Sqrt(2 * Math.PI), 1e-300));
    }
}
