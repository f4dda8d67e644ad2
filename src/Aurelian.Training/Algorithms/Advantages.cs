namespace Aurelian.Training.Algorithms;

/// <summary>Rewards of one group (samples of one task) against each other.</summary>
public static class Advantages
{
    private const double DeviationFloor = 1e-6;

    /// <summary>r − mean.</summary>
    public static double[] Centre(IReadOnlyList<double> rewards)
    {
        double mean = rewards.Average();
        return [.. rewards.Select(reward => reward - mean)];
    }

    /// <summary>(r − mean) / (population standard deviation + 1e-6), as GRPO has it.</summary>
    public static double[] Normalise(IReadOnlyList<double> rewards)
    {
        double[] centred = Centre(rewards);
        double deviation = Math.Sqrt(centred.Average(each => each * each));
        return [.. centred.Select(each => each / (deviation + DeviationFloor))];
    }
}
