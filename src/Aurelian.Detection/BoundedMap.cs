namespace Aurelian.Detection;

/// <summary>A dictionary that forgets its oldest entries beyond a bound: state that a flood cannot grow.</summary>
internal sealed class BoundedMap<TKey, TValue>(int entriesMax) where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];
    private readonly Queue<TKey> _order = new();

    internal IEnumerable<KeyValuePair<TKey, TValue>> Entries => _entries;

    internal TValue? Find(TKey key) => _entries.GetValueOrDefault(key);

    internal bool Contains(TKey key) => _entries.ContainsKey(key);

    internal void Set(TKey key, TValue value)
    {
        if (!_entries.ContainsKey(key))
        {
            _order.Enqueue(key);
            while (_entries.Count >= entriesMax && _order.TryDequeue(out TKey? oldest))
            {
                _entries.Remove(oldest);
            }
        }

        _entries[key] = value;
    }

    internal void Remove(TKey key) => _entries.Remove(key);
}
