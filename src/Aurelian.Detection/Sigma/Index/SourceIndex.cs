using System.Net;

namespace Aurelian.Detection;

/// <summary>All rules of one log source by what must be in an event for them to match.</summary>
internal sealed class SourceIndex
{
    private readonly int[] _always;
    private readonly FieldIndex[] _fields;

    /// <param name="roots">Each with the keys of which one must hold; null: it is tried on every event.</param>
    /// <param name="literals">How many texts the program looks for so far.</param>
    internal SourceIndex(IReadOnlyList<(int Root, IReadOnlyList<IndexKey>? Keys)> roots, ref int literals)
    {
        _always = [.. roots.Where(each => each.Keys is null).Select(each => each.Root)];
        List<FieldIndex> fields = [];
        foreach (IGrouping<SigmaField, (IndexKey, int)> group in roots.Where(each => each.Keys is not null)
            .SelectMany(each => each.Keys!.Distinct().Select(key => (Key: key, each.Root)))
            .GroupBy(each => each.Key.Field).OrderBy(group => group.Key))
        {
            fields.Add(new FieldIndex(group, ref literals));
        }

        _fields = [.. fields];
    }

    /// <summary>Roots that nothing can be looked up for.</summary>
    internal int Always => _always.Length;

    internal void Find(EventView view, CandidateSet candidates)
    {
        candidates.AddRange(_always);
        foreach (FieldIndex field in _fields)
        {
            field.Find(view, candidates);
        }
    }

    private sealed class FieldIndex
    {
        private readonly SigmaField _field;
        private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _whole;
        private readonly bool _hasTexts;
        private readonly LiteralAutomaton? _literals;
        private readonly Dictionary<AddressRange, int[]> _networks;
        private readonly int[] _lengths;

        internal FieldIndex(IGrouping<SigmaField, (IndexKey Key, int Root)> keys, ref int texts)
        {
            int first = texts;
            _field = keys.Key;
            Dictionary<string, int[]> whole = keys.Where(each => each.Key.Place == IndexPlace.Whole)
                .GroupBy(each => each.Key.Text).ToDictionary(group => group.Key, Roots,
                    StringComparer.OrdinalIgnoreCase);
            _whole = whole.GetAlternateLookup<ReadOnlySpan<char>>();
            LiteralEntry[] literals = [.. keys
                .Where(each => each.Key.Place is IndexPlace.Start or IndexPlace.End or IndexPlace.Anywhere)
                .GroupBy(each => each.Key.Text).Select((group, index) => new LiteralEntry(
                    group.Key, first + index, At(group, IndexPlace.Anywhere), At(group, IndexPlace.Start),
                    At(group, IndexPlace.End)))];
            texts += literals.Length;
            _literals = literals.Length > 0 ? new LiteralAutomaton(literals) : null;
            _hasTexts = _literals is not null || whole.Count > 0;
            _networks = keys.Where(each => each.Key.Place == IndexPlace.Network).GroupBy(each => each.Key.Text)
                .ToDictionary(
                    group => AddressRange.TryParse(group.Key, out AddressRange range) ? range : default, Roots);
            _lengths = [.. _networks.Keys.Select(each => each.Length).Distinct()];
        }

        internal void Find(EventView view, CandidateSet candidates)
        {
            if (_hasTexts && view.TryText(_field, out ReadOnlySpan<char> text))
            {
                if (_whole.TryGetValue(text, out int[]? roots))
                {
                    candidates.AddRange(roots);
                }

                _literals?.Search(text, candidates);
            }

            if (_lengths.Length > 0 && view.TryAddress(_field, out IPAddress address))
            {
                foreach (int length in _lengths)
                {
                    if (_networks.TryGetValue(AddressRange.Of(address, length), out int[]? roots))
                    {
                        candidates.AddRange(roots);
                    }
                }
            }
        }

        private static int[] Roots(IEnumerable<(IndexKey, int Root)> group) =>
            [.. group.Select(each => each.Root).Distinct()];

        private static int[] At(IEnumerable<(IndexKey Key, int Root)> group, IndexPlace place) =>
            [.. group.Where(each => each.Key.Place == place).Select(each => each.Root).Distinct()];
    }
}
