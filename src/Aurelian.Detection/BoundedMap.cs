namespace Aurelian.Detection;

/// <summary>A dictionary that forgets its oldest entries beyond a bound: state that a flood cannot grow.</summary>
internal sealed class BoundedMap<TKey, TValue>(int entriesMax) where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];
    private readonly Queue<TKey> _order = new();

    internal IEnumerable<KeyValuePair<TKey, TValue>> Entries => _entries;

    /// <summary>What its order holds, of entries removed since too.</summary>
    internal int Waiting => _order.Count;

    internal TValue? Find(TKey key) => _entries.GetValueOrDefault(key);

    internal bool Contains(TKey key) => _entries.ContainsKey(key);

    internal void Set(TKey key, TValue value)
    {
        if (!_entries.ContainsKey(key))
        {
            Forget();
            _order.Enqueue(key);
            while (_entries.Count >= entriesMax && _order.TryDequeue(out TKey? oldest))
            {
                _entries.Remove(oldest);
            }
        }

        _entries[key] = value;
    }

    internal void Remove(TKey key) => _entries.Remove(key);

    /// <summary>Removed keys leave the order too, or entries that come and go would fill it.</summary>
    private void Forget()
    {
        if (_order.Count < 2 * entriesMax)
        {
            return;
        }

        HashSet<TKey> kept = [];
        for (int left = _order.Count; left > 0; left--)
        {
            TKey key = _order.Dequeue();
            if (_entries.ContainsKey(key) && kept.Add(key))
            {
                _order.Enqueue(key);
            }
        }
    }
}
