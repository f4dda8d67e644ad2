namespace Aurelian.Investigation.Causes;

/// <summary>
/// What chance alone reaches for causes of one kind. A cause is not compared with itself, nor with causes of mostly the
/// same calls: what runs in a single visit is turned as a whole, and the search for the offset turns it back, so that
/// its own null rounds would hold what was seen.
/// </summary>
internal sealed class KindNull
{
    /// <summary>Below this quantile of all null rounds nothing is found, whoever is left out.</summary>
    private const double LeftOutFrom = 0.9;

    /// <summary>So many causes must be left to compare with.</summary>
    private const int OthersMin = 5;
    private const double KinShare = 0.5;

    private readonly CauseScan _scan;
    private readonly int[] _causes;
    private readonly float[] _sorted;
    private readonly int[] _owner;
    private readonly NullTail _all;
    private readonly HashSet<int>?[] _calls;

    /// <param name="causes">Those of the kind.</param>
    /// <param name="rounds">In each the value of every cause of the scan.</param>
    public KindNull(CauseScan scan, int[] causes, float[][] rounds)
    {
        _scan = scan;
        _causes = causes;
        _sorted = [.. rounds.SelectMany(r => causes.Select(i => r[i]))];
        _owner = [.. rounds.SelectMany(_ => causes)];
        Array.Sort(_sorted, _owner);
        _all = new NullTail(_sorted);
        _calls = new HashSet<int>?[causes.Length == 0 ? 0 : causes.Max() + 1];
    }

    /// <summary>The chance that a cause reaches a value at least this high.</summary>
    public double PValue(int cause, double value)
    {
        int from = (int)(LeftOutFrom * _sorted.Length);
        if (_sorted.Length == 0 || value <= _sorted[from])
        {
            return _all.PValue(value);
        }

        HashSet<int> kin = KinOf(cause);
        return _causes.Length - kin.Count < OthersMin
            ? _all.PValue(value)
            : new NullTail([.. _sorted.Where((_, k) => !kin.Contains(_owner[k]))]).PValue(value);
    }

    private HashSet<int> KinOf(int cause)
    {
        HashSet<int> own = CallsOf(cause), kin = [cause];
        // Only those whose rounds are high can stand in the way.
        foreach (int other in _owner.Skip((int)(LeftOutFrom * _owner.Length)).Distinct())
        {
            HashSet<int> calls = CallsOf(other);
            (HashSet<int> small, HashSet<int> large) = own.Count < calls.Count ? (own, calls) : (calls, own);
            if (other != cause && small.Count(large.Contains) > KinShare * small.Count)
            {
                kin.Add(other);
            }
        }

        return kin;
    }

    private HashSet<int> CallsOf(int cause) => _calls[cause] ??= [.. _scan.SetsAt(cause).FirstOrDefault() ?? []];
}
