namespace Aurelian.Detection;

/// <summary>
/// A dictionary that forgets entries beyond a bound: state that a flood cannot grow. What is forgotten is the oldest
/// entry of whoever holds most of the table, so a sandbox that fills it blinds the detectors to itself alone; each is
/// counted in <see cref="Evictions"/>.
/// </summary>
/// <remarks>Allocates only while it grows: no entry costs anything once its room is there.</remarks>
internal sealed class BoundedMap<TKey, TValue>(int entriesMax) where TKey : notnull
{
    private const int None = -1;
    private const int RoomAtFirst = 4;

    private readonly Dictionary<TKey, int> _index = [];
    private readonly Dictionary<int, Holding> _holdings = [];
    private Entry[] _entries = [];
    private int _used, _free = None, _largest;
    private long _stamp;

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
        if (_index.TryGetValue(key, out int known))
        {
            _entries[known].Value = value;
            return;
        }

        while (_index.Count >= entriesMax && _index.Count > 0)
        {
            Evict();
        }

        int at = Take();
        int owner = Evictions.Owner;
        if (!_holdings.TryGetValue(owner, out Holding holding))
        {
            holding = new Holding(0, None, None);
        }

        _entries[at] = new Entry
        {
            Key = key, Value = value, Owner = owner, Stamp = ++_stamp, Before = holding.Newest, After = None,
        };
        if (holding.Newest != None)
        {
            _entries[holding.Newest].After = at;
        }

        _holdings[owner] = new Holding(holding.Count + 1, holding.Oldest == None ? at : holding.Oldest, at);
        _index.Add(key, at);
    }

    internal void Remove(TKey key)
    {
        if (_index.Remove(key, out int at))
        {
            Unlink(at);
        }
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
        if (!_holdings.TryGetValue(_largest, out Holding most) || most.Count * 2 < _index.Count)
        {
            most = new Holding(0, None, None);
            foreach ((int owner, Holding each) in _holdings)
            {
                // Of many with as much, as where a sandbox has one entry, the one that came first is over first.
                if (each.Count > most.Count
                    || (each.Count == most.Count && _entries[each.Oldest].Stamp < _entries[most.Oldest].Stamp))
                {
                    (_largest, most) = (owner, each);
                }
            }
        }

        Evictions.Count(_largest, most.Count, entriesMax);
        _index.Remove(_entries[most.Oldest].Key);
        Unlink(most.Oldest);
    }

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
                holding.Count - 1, holding.Oldest == at ? entry.After : holding.Oldest,
                holding.Newest == at ? entry.Before : holding.Newest);
        }

        entry = new Entry { After = _free };
        _free = at;
    }

    private struct Entry
    {
        internal TKey Key;
        internal TValue Value;
        internal long Stamp;
        internal int Owner, Before, After;
    }

    /// <summary>What one sandbox has in the table, from its oldest entry to its newest.</summary>
    private readonly record struct Holding(int Count, int Oldest, int Newest);
}
