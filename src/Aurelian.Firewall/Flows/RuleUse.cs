namespace Aurelian.Firewall;

/// <summary>What one sandbox has used of one rule; outlives the rule's connections.</summary>
internal sealed class RuleUse
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _bytes;
    private int _connections;

    internal bool TryEnter(int connectionsMax)
    {
        if (Interlocked.Increment(ref _connections) <= connectionsMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _connections);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _connections);

    /// <summary>All of it or nothing.</summary>
    internal bool TryTake(long bytes, long bytesMax)
    {
        while (true)
        {
            long before = Interlocked.Read(ref _bytes);
            if (bytes > bytesMax - before)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _bytes, before + bytes, before) == before)
            {
                return true;
            }
        }
    }

    /// <summary>Asking upstream for a name tells its labels to whoever answers: a channel, so it is counted.</summary>
    internal bool TryName(string name, int namesMax)
    {
        lock (_names)
        {
            return _names.Contains(name) || (_names.Count < namesMax && _names.Add(name));
        }
    }
}
