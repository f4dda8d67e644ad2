namespace Aurelian.Investigation.Causes;

/// <summary>
/// What chance alone reaches for causes of one kind. A cause is not compared with itself, nor with causes of mostly the
/// same visit: a visit is turned as a whole, and the search for the offset turns it back, so that its own null rounds
/// would hold what was seen.
/// </summary>
internal sealed class KindNull
{
    /// <summary>Below this quantile of all null rounds nothing is found, whoever is left out.</summary>
    private const double LeftOutFrom = 0.9;

    /// <summary>So many causes must be left to compare with.</summary>
    private const int OthersMin = 5;

    private readonly int _rounds;
    private readonly int _causes;
    private readonly Dictionary<int, int> _visit = [];
    private readonly ILookup<int, int> _ofVisit;
    private readonly float[] _sorted;
    private readonly int[] _owner;
    private readonly NullTail _all;

    /// <param name="causes">Those of the kind.</param>
    /// <param name="rounds">In each the value of every cause of the scan.</param>
    public KindNull(CaseFrame frame, CauseScan scan, int[] causes, float[][] rounds)
    {
        _rounds = rounds.Length;
        _causes = causes.Length;
        _sorted = [.. rounds.SelectMany(r => causes.Select(i => r[i]))];
        _owner = [.. rounds.SelectMany(_ => causes)];
        Array.Sort(_sorted, _owner);
        _all = new NullTail(_sorted, _sorted.Length);
        foreach (int cause in causes)
        {
            if (MostOf(scan.SetsAt(cause).FirstOrDefault(), frame.Visit) is { } visit)
            {
                _visit[cause] = visit;
            }
        }

        _ofVisit = _visit.ToLookup(v => v.Value, v => v.Key);
    }

    /// <summary>The chance that a cause reaches a value at least this high.</summary>
    public double PValue(int cause, double value)
    {
        if (_sorted.Length == 0 || value <= _sorted[(int)(LeftOutFrom * _sorted.Length)])
        {
            return _all.PValue(value);
        }

        HashSet<int> kin = _visit.TryGetValue(cause, out int visit) ? [.. _ofVisit[visit]] : [cause];
        int others = _causes - kin.Count;
        return others < OthersMin ? _all.PValue(value) : Others(kin, others * _rounds, value).PValue(value);
    }

    // The null of all but some, as far down as this value asks for.
    private NullTail Others(HashSet<int> kin, int count, double value)
    {
        List<float> highest = [];
        int least = NullTail.LengthOf(count);
        for (int k = _sorted.Length - 1; k >= 0 && (_sorted[k] >= value || highest.Count < least); k--)
        {
            if (!kin.Contains(_owner[k]))
            {
                highest.Add(_sorted[k]);
            }
        }

        highest.Reverse();
        return new NullTail([.. highest], count);
    }

    /// <summary>What more than half of some calls are of (Boyer and Moore's vote); null if there is none.</summary>
    public static int? MostOf(int[]? calls, int[] of)
    {
        int most = 0, votes = 0, count = 0;
        foreach (int call in calls ?? [])
        {
            most = votes == 0 ? of[call] : most;
            votes += of[call] == most ? 1 : -1;
        }

        foreach (int call in calls ?? [])
        {
            count += of[call] == most ? 1 : 0;
        }

        return calls is not null && 2 * count > calls.Length ? most : null;
    }
}
