namespace Aurelian.Detection;

/// <summary>
/// Finds every one of many texts in one pass over another: Aho and Corasick, "Efficient string matching" (1975). Texts
/// and what is searched are compared in upper case.
/// </summary>
/// <remarks>
/// The trie is laid out breadth first from the sorted texts, so that a state's children lie side by side with their
/// labels in order: 20 bytes a state, where a table of 128 letters would have 512.
/// </remarks>
internal sealed class LiteralAutomaton
{
    private const int Root = 0;
    private const int LetterMax = 128;

    // By state.
    private readonly char[] _labels;
    private readonly int[] _firstChild, _children, _fail, _output, _outputLink;
    private readonly int[] _rootChildren = new int[LetterMax];
    private readonly LiteralEntry[] _entries;

    /// <param name="entries">With texts in upper case, each once and none empty.</param>
    internal LiteralAutomaton(IEnumerable<LiteralEntry> entries)
    {
        _entries = [.. entries.OrderBy(each => each.Text, StringComparer.Ordinal)];
        States = 1 + _entries.Select((each, index) => each.Text.Length
            - (index == 0 ? 0 : _entries[index - 1].Text.AsSpan().CommonPrefixLength(each.Text))).Sum();
        (_labels, _firstChild, _children) = (new char[States], new int[States], new int[States]);
        (_fail, _output, _outputLink) = (new int[States], new int[States], new int[States]);
        Array.Fill(_output, -1);
        Array.Fill(_outputLink, -1);
        Build();
        Link();
        Array.Fill(_rootChildren, Root);
        for (int child = _firstChild[Root]; child < _firstChild[Root] + _children[Root]; child++)
        {
            if (_labels[child] < LetterMax)
            {
                _rootChildren[_labels[child]] = child;
            }
        }
    }

    internal int States { get; }

    internal void Search(ReadOnlySpan<char> text, CandidateSet candidates)
    {
        int state = Root;
        for (int at = 0; at < text.Length; at++)
        {
            state = Step(state, IndexKey.Fold(text[at]));
            for (int found = _output[state] >= 0 ? state : _outputLink[state]; found >= 0; found = _outputLink[found])
            {
                LiteralEntry entry = _entries[_output[found]];
                if (entry.Anywhere.Length > 0 && candidates.SeesFirst(entry.Number))
                {
                    candidates.AddRange(entry.Anywhere);
                }

                if (at + 1 == entry.Text.Length)
                {
                    candidates.AddRange(entry.AtStart);
                }

                if (at + 1 == text.Length)
                {
                    candidates.AddRange(entry.AtEnd);
                }
            }
        }
    }

    /// <summary>Each state is a range of the sorted texts that begin alike.</summary>
    private void Build()
    {
        int states = 1;
        Queue<(int State, int From, int Until, int Depth)> waiting = new();
        waiting.Enqueue((Root, 0, _entries.Length, 0));
        while (waiting.TryDequeue(out (int State, int From, int Until, int Depth) range))
        {
            int from = range.From;
            if (from < range.Until && _entries[from].Text.Length == range.Depth)
            {
                _output[range.State] = from++;
            }

            _firstChild[range.State] = states;
            while (from < range.Until)
            {
                char label = _entries[from].Text[range.Depth];
                int until = from + 1;
                while (until < range.Until && _entries[until].Text[range.Depth] == label)
                {
                    until++;
                }

                _labels[states] = label;
                waiting.Enqueue((states++, from, until, range.Depth + 1));
                _children[range.State]++;
                from = until;
            }
        }
    }

    /// <summary>Breadth first: what a state falls back to is shallower, and linked already.</summary>
    private void Link()
    {
        for (int parent = 0; parent < States; parent++)
        {
            for (int child = _firstChild[parent]; child < _firstChild[parent] + _children[parent]; child++)
            {
                int fail = parent == Root ? Root : Walk(_fail[parent], _labels[child]);
                _fail[child] = fail;
                _outputLink[child] = _output[fail] >= 0 ? fail : _outputLink[fail];
            }
        }
    }

    private int Step(int state, char letter)
    {
        if (state != Root)
        {
            return Walk(state, letter);
        }

        return letter < LetterMax ? _rootChildren[letter] : Math.Max(Root, Child(Root, letter));
    }

    private int Walk(int state, char letter)
    {
        while (true)
        {
            int child = Child(state, letter);
            if (child >= 0 || state == Root)
            {
                return Math.Max(Root, child);
            }

            state = _fail[state];
        }
    }

    private int Child(int state, char letter)
    {
        int from = _firstChild[state], until = from + _children[state];
        while (until - from > 8)
        {
            int middle = (from + until) / 2;
            (from, until) = _labels[middle] <= letter ? (middle, until) : (from, middle);
        }

        for (; from < until; from++)
        {
            if (_labels[from] == letter)
            {
                return from;
            }
        }

        return -1;
    }
}

/// <summary>A text that is looked for, and the roots that it makes candidates by where it stands.</summary>
/// <param name="Number">Its own among all of a program.</param>
internal sealed record LiteralEntry(string Text, int Number, int[] Anywhere, int[] AtStart, int[] AtEnd);

/// <summary>What of a set of rules is to be tried on the event being looked at, each once.</summary>
internal sealed class CandidateSet(int roots, int literals)
{
    private readonly long[] _addedAt = new long[roots];
    private readonly long[] _seenAt = new long[literals];
    private readonly int[] _items = new int[roots];

    internal long Now { get; private set; }

    internal int Count { get; private set; }

    internal ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    internal void Clear()
    {
        Now++;
        Count = 0;
    }

    /// <summary>False for a text that this event has shown already.</summary>
    internal bool SeesFirst(int literal)
    {
        bool first = _seenAt[literal] != Now;
        _seenAt[literal] = Now;
        return first;
    }

    internal void AddRange(int[] roots)
    {
        foreach (int root in roots)
        {
            if (_addedAt[root] != Now)
            {
                _addedAt[root] = Now;
                _items[Count++] = root;
            }
        }
    }
}
