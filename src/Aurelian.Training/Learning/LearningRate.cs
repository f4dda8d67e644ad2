namespace Aurelian.Training.Learning;

/// <summary>Linear warm-up, then a half cosine down to a tenth.</summary>
internal static class LearningRate
{
    private const double Least = 0.1;

    /// <param name="step">From 1.</param>
    internal static double At(int step, int steps, double peak, int warmUp)
    {
        if (step <= warmUp)
        {
            return peak * step / warmUp;
        }

        double done = Math.Min(1, (step - warmUp) / (double)Math.Max(1, steps - warmUp));
        return peak * (Least + ((1 - Least) * 0.5 * (1 + Math.Cos(Math.PI * done))));
    }
}
