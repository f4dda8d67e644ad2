namespace Aurelian.Training.Algorithms;

/// <summary>
/// Where rollouts of one task start in an expert's trajectory. A start of f replays its first f chunks; 0 is the
/// beginning, the trajectory's length would leave nothing to do.
/// </summary>
public static class PrefixPlanner
{
    /// <summary>
    /// The chunk without which all is lost: the one whose success rate from before it falls most below the rate from
    /// after it.
    /// </summary>
    /// <param name="success">Rate of success when continuing after the first f chunks, for f = 0…K.</param>
    /// <param name="drop">A smaller fall is no crucial chunk.</param>
    /// <returns>f, of the pair (f − 1, f); null where no fall is large enough.</returns>
    public static int? FindCrucial(IReadOnlyList<double> success, double drop)
    {
        int? crucial = null;
        double largest = drop;
        for (int f = 1; f < success.Count; f++)
        {
            double fall = success[f] - success[f - 1];
            if (fall >= largest)
            {
                (crucial, largest) = (f, fall + double.Epsilon);
            }
        }

        return crucial;
    }

    /// <summary>Parallelised initialisation: starts spread evenly over the trajectory, from its beginning.</summary>
    /// <param name="chunks">K, the expert's number of chunks.</param>
    /// <param name="rollouts">How many start in this batch.</param>
    public static int[] Spread(int chunks, int rollouts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunks);
        return [.. Enumerable.Range(0, rollouts).Select(index => index * chunks / rollouts)];
    }
}

/// <summary>
/// Sequential rollback: begins just before the expert's end and moves the start backwards as the tail is learnt.
/// </summary>
/// <param name="chunks">K, the expert's number of chunks.</param>
/// <param name="learnt">Success rate at which the start moves one chunk back.</param>
public sealed class SequentialRollback(int chunks, double learnt)
{
    /// <summary>How many of the expert's chunks are replayed now.</summary>
    public int Start { get; private set; } = Math.Max(0, chunks - 1);

    /// <summary>Looks at a batch that started at <see cref="Start"/>.</summary>
    public void Observe(IReadOnlyList<double> rewards)
    {
        if (Start > 0 && rewards.Count > 0 && rewards.Average(reward => reward > 0 ? 1 : 0) >= learnt)
        {
            Start--;
        }
    }
}
