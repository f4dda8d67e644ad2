namespace Aurelian.Detection;

/// <summary>
/// A dictionary that forgets entries beyond a bound: state that a flood cannot grow. What is forgotten is the oldest
/// entry of whoever holds most of the table, so a sandbox that fills it blinds the detectors to itself alone; each is
/// counted in <see cref="Evictions"/>.
/// </summary>
/// <param name="bytesMax">What all entries weigh together at most.</param>
/// <param name="weigh">About how many bytes an entry takes; asked whenever it is set. Null: each takes as much, for its
/// key and value have a bound of their own.</param>
/// <remarks>Allocates only while it grows: no entry costs anything once its room is there.</remarks>
internal sealed class BoundedMap<TKey, TValue>(
    int entriesMax, long bytesMax = long.MaxValue, Func<TValue, long>? weigh = null) where TKey : notnull
{
    private const int None = -1;
    private const int RoomAtFirst = 4;

    private readonly Dictionary<TKey, int> _index = [];
    private readonly Dictionary<int, Holding> _holdings = [];
    private Entry[] _entries = [];
    private int _used, _free = None, _largest;
    private long _stamp, _bytes;

    internal long Bytes => _bytes;

    internal int Count => _index.Count;

    internal IEnumerable<KeyValuePair<TKey, TValue>> Entries =>
        _index.Select(each => KeyValuePair.Create(each.Key, _entries[each.Value].Value));

    internal TValue? Find(TKey key) => _index.TryGetValue(key, out int at) ? _entries[at].Value : default;

    internal bool TryFind(TKey key, out TValue value)
    {
        bool found = _index.TryGetValue(key, out int at);
        value = found ? _entries[at].Value : default!;
        return found;
    }

    internal bool Contains(TKey key) => _index.ContainsKey(key);

    internal void Set(TKey key, TValue value)
    {
        long weight = weigh?.Invoke(value) ?? 0;
        if (!_index.TryGetValue(key, out int at))
        {
            at = Add(key);
        }

        ref Entry entry = ref _entries[at];
        entry.Value = value;
        if (weight != entry.Weight)
        {
            Holding holding = _holdings[entry.Owner];
            _holdings[entry.Owner] = holding with { Bytes = holding.Bytes + weight - entry.Weight };
            _bytes += weight - entry.Weight;
            entry.Weight = weight;
            while (_bytes > bytesMax && _index.Count > 1)
            {
                Evict();
            }
        }
    }

    internal void Remove(TKey key)
    {
        if (_index.Remove(key, out int at))
        {
            Unlink(at);
        }
    }

    private int Add(TKey key)
    {
        while (_index.Count >= entriesMax && _index.Count > 0)
        {
            Evict();
        }

        int at = Take();
        int owner = Evictions.Owner;
        if (!_holdings.TryGetValue(owner, out Holding holding))
        {
            holding = new Holding(0, 0, None, None);
        }

        _entries[at] = new Entry
        {
            Key = key, Owner = owner, Stamp = ++_stamp, Before = holding.Newest, After = None,
        };
        if (holding.Newest != None)
        {
            _entries[holding.Newest].After = at;
        }

        _holdings[owner] = holding with
        {
            Count = holding.Count + 1, Oldest = holding.Oldest == None ? at : holding.Oldest, Newest = at,
        };
        _index.Add(key, at);
        return at;
    }

    private int Take()
    {
        if (_free != None)
        {
            int at = _free;
            _free = _entries[at].After;
            return at;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Min(entriesMax, Math.Max(RoomAtFirst, _entries.Length * 2)));
        }

        return _used++;
    }

    private void Evict()
    {
        // Who held most at the last eviction mostly still does: the others are looked at only when that is in doubt.
        if (!_holdings.TryGetValue(_largest, out Holding most) || ShareOf(most) * 2 < Share(_index.Count, _bytes))
        {
            most = new Holding(0, 0, None, None);
            foreach ((int owner, Holding each) in _holdings)
            {
                // Of many with as much, as where a sandbox has one entry, the one that came first is over first.
                double share = ShareOf(each), mostShare = ShareOf(most);
                if (share > mostShare
                    || (share == mostShare && _entries[each.Oldest].Stamp < _entries[most.Oldest].Stamp))
                {
                    (_largest, most) = (owner, each);
                }
            }
        }

        Evictions.Count(_largest, ShareOf(most));
        _index.Remove(_entries[most.Oldest].Key);
        Unlink(most.Oldest);
    }

    private double ShareOf(in Holding holding) => Share(holding.Count, holding.Bytes);

    /// <summary>Of the table's room, by whichever bound is nearer.</summary>
    private double Share(int count, long bytes) => Math.Max((double)count / entriesMax, (double)bytes / bytesMax);

    private void Unlink(int at)
    {
        ref Entry entry = ref _entries[at];
        Holding holding = _holdings[entry.Owner];
        if (entry.Before != None)
        {
            _entries[entry.Before].After = entry.After;
        }

        if (entry.After != None)
        {
            _entries[entry.After].Before = entry.Before;
        }

        if (holding.Count == 1)
        {
            _holdings.Remove(entry.Owner);
        }
        else
        {
            _holdings[entry.Owner] = new Holding(
                holding.Count - 1, holding.Bytes - entry.Weight, holding.Oldest == at ? entry.After : holding.Oldest,
                holding.Newest == at ? entry.Before : holding.Newest);
        }

        _bytes -= entry.Weight;

        entry = new Entry { After = _free };
        _free = at;
    }

    private struct Entry
    {
        internal TKey Key;
        internal TValue Value;
        internal long Stamp, Weight;
        internal int Owner, Before, After;
    }

    /// <summary>What one sandbox has in the table, from its oldest entry to its newest.</summary>
    private readonly record struct Holding(int Count, long Bytes, int Oldest, int Newest);
}
