namespace Aurelian.Detection;

/// <summary>
/// How much the distinct names asked of one domain can carry: the symbols that are new in them, times the entropy of
/// such a symbol. Two halves of a window, so that old names go without being kept.
/// </summary>
/// <remarks>
/// What names have in common carries nothing: a label seen before is not counted, nor what a new one shares at its
/// beginning and end with one of the last (<c>ip-10-0-7-1</c>, <c>ip-10-0-9-1</c>).
/// </remarks>
internal sealed class NameInformation(TimeSpan halfWindow)
{
    /// <summary>Beyond the certain amount of information at the least a name must carry.</summary>
    private const int LabelsMax = 512;
    private const int LastMax = 8;

    /// <summary>The longest that there are (RFC 1035 §2.3.4), each byte as <c>\DDD</c>.</summary>
    private const int LabelMax = 4 * 63;

    private readonly string[] _last = new string[LastMax];
    private Half _current = new();
    private Half _previous = new();
    private long? _startNs;
    private int _at;

    /// <summary>Names with something new in them, within the window.</summary>
    internal int Names => _current.Names + _previous.Names;

    /// <summary>False for a name in which nothing is new.</summary>
    /// <param name="holder">Who is to be suspected where there is no room, as <see cref="Evictions"/> has it.</param>
    internal bool TryAdd(ReadOnlySpan<char> subdomain, long ns, int holder)
    {
        _startNs ??= ns;
        if (ns - _startNs > halfWindow.TotalNanoseconds)
        {
            _previous = ns - _startNs > 2 * halfWindow.TotalNanoseconds ? new Half() : _current;
            _current = new Half();
            _startNs = ns;
        }

        bool added = false;
        foreach (Range range in subdomain.Split('.'))
        {
            ReadOnlySpan<char> label = subdomain[range];
            ulong hash = Hash(label);
            if (_previous.Labels.Contains(hash) || _current.Labels.Contains(hash))
            {
                continue;
            }

            if (_current.Labels.Count >= LabelsMax)
            {
                // Nothing that comes now is looked at: whoever filled it with empty names hides full ones.
                Evictions.Count(holder, share: 1);
            }
            else
            {
                _current.Labels.Add(hash);
                _current.Add(New(label));
                _last[_at++ % LastMax] = label[..Math.Min(label.Length, LabelMax)].ToString();
                added = true;
            }
        }

        _current.Names += added ? 1 : 0;
        return added;
    }

    /// <summary>In bytes.</summary>
    internal double Bytes()
    {
        double total = 0, bits = 0;
        for (int symbol = 0; symbol < 256; symbol++)
        {
            total += _current.Symbols[symbol] + _previous.Symbols[symbol];
        }

        for (int symbol = 0; symbol < 256; symbol++)
        {
            double count = _current.Symbols[symbol] + _previous.Symbols[symbol];
            bits += count == 0 ? 0 : -count * Math.Log2(count / total);
        }

        return bits / 8;
    }

    /// <summary>The label without what it shares with the most alike of the last.</summary>
    private ReadOnlySpan<char> New(ReadOnlySpan<char> label)
    {
        int from = 0, to = label.Length;
        foreach (string? last in _last)
        {
            int prefix = label.CommonPrefixLength(last);
            int suffix = 0, suffixMax = Math.Min(label.Length, last?.Length ?? 0) - prefix;
            while (suffix < suffixMax && label[^(suffix + 1)] == last![^(suffix + 1)])
            {
                suffix++;
            }

            (from, to) = label.Length - prefix - suffix < to - from ? (prefix, label.Length - suffix) : (from, to);
        }

        return label[from..to];
    }

    /// <summary>FNV-1a: the same in every process, so that a replay counts the same names.</summary>
    private static ulong Hash(ReadOnlySpan<char> text)
    {
        ulong hash = 14_695_981_039_346_656_037;
        foreach (char each in text)
        {
            hash = (hash ^ each) * 1_099_511_628_211;
        }

        return hash;
    }

    private sealed class Half
    {
        internal HashSet<ulong> Labels { get; } = [];

        internal int[] Symbols { get; } = new int[256];

        internal int Names { get; set; }

        /// <summary>A byte that is no character stands as <c>\DDD</c> and is one symbol.</summary>
        internal void Add(ReadOnlySpan<char> text)
        {
            for (int at = 0; at < text.Length; at++)
            {
                bool escaped = text[at] == '\\' && at + 3 < text.Length;
                int symbol = escaped && byte.TryParse(text.Slice(at + 1, 3), out byte value) ? value : text[at];
                at += escaped ? 3 : 0;
                Symbols[symbol & 0xFF]++;
            }
        }
    }
}
