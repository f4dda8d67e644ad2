using System.Runtime.InteropServices;

namespace Aurelian.Training.Tokens;

/// <summary>How often each pair of neighbours occurs in a set of words, up to date while pairs are merged.</summary>
internal sealed class PairCounts
{
    private readonly List<(int[] Symbols, long Count)> _words;
    private readonly Dictionary<(int, int), long> _counts = [];
    private readonly Dictionary<(int, int), HashSet<int>> _where = [];
    private readonly PriorityQueue<(int Left, int Right, long Count), (long, int, int)> _queue = new();

    internal PairCounts(List<(int[] Symbols, long Count)> words)
    {
        _words = words;
        for (int word = 0; word < words.Count; word++)
        {
            Count(word, words[word].Symbols, 1);
        }

        foreach ((int, int) pair in _counts.Keys)
        {
            Enqueue(pair);
        }
    }

    /// <summary>The most frequent pair; null where there is none.</summary>
    internal (int Left, int Right, long Count)? Most()
    {
        // Counts only change with an entry of their own in the queue: one that no longer holds is passed over.
        while (_queue.TryPeek(out (int Left, int Right, long Count) pair, out _))
        {
            if (_counts.GetValueOrDefault((pair.Left, pair.Right)) == pair.Count && pair.Count > 0)
            {
                return pair;
            }

            _queue.Dequeue();
        }

        return null;
    }

    /// <summary>Puts one symbol in the place of a pair, everywhere.</summary>
    internal void Merge(int left, int right, int merged)
    {
        HashSet<(int, int)> changed = [];
        foreach (int word in _where[(left, right)].Order().ToArray())
        {
            int[] old = _words[word].Symbols;
            List<int> symbols = new(old.Length);
            for (int i = 0; i < old.Length; i++)
            {
                bool pair = i + 1 < old.Length && old[i] == left && old[i + 1] == right;
                symbols.Add(pair ? merged : old[i]);
                i += pair ? 1 : 0;
            }

            Count(word, old, -1, changed);
            _words[word] = ([.. symbols], _words[word].Count);
            Count(word, _words[word].Symbols, 1, changed);
        }

        foreach ((int, int) pair in changed)
        {
            Enqueue(pair);
        }
    }

    private void Count(int word, int[] symbols, int sign, HashSet<(int, int)>? changed = null)
    {
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            (int, int) pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += sign * _words[word].Count;
            changed?.Add(pair);
            ref HashSet<int>? where = ref CollectionsMarshal.GetValueRefOrAddDefault(_where, pair, out _);
            where ??= [];
            _ = sign > 0 ? where.Add(word) : where.Remove(word);
        }
    }

    private void Enqueue((int Left, int Right) pair)
    {
        if (_counts[pair] is var count and > 0)
        {
            _queue.Enqueue((pair.Left, pair.Right, count), (-count, pair.Left, pair.Right));
        }
    }
}
