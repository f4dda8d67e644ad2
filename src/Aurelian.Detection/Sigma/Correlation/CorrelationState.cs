using System.Collections.Immutable;
using System.Text;
using Aurelian.Events;

namespace Aurelian.Detection;

/// <summary>
/// One correlation as it goes on: a window for each group of values. What completes it empties its window, so that one
/// burst is one finding.
/// </summary>
/// <remarks>
/// Time is the events' own. Groups and what a window holds are bounded; a flood forgets its own groups.
/// </remarks>
internal sealed class CorrelationState(ResolvedCorrelation correlation)
{
    private const int EvidenceMax = 64;
    private const int GroupsMost = 16_384;
    private const int EntriesMax = 1 << 18;

    private readonly BoundedMap<TextKey, Window> _windows = new(
        Math.Clamp(EntriesMax / correlation.Plan.CountMin, 64, GroupsMost));

    private readonly StringBuilder _key = new();

    /// <summary>Takes an event of one of its rules.</summary>
    /// <param name="member">The rule that it names.</param>
    /// <param name="source">The rule that the event matched: it, or one behind a correlation.</param>
    /// <returns>What completed it, oldest first; null: not yet.</returns>
    internal ImmutableArray<long>? Observe(int member, int source, EventView view)
    {
        CorrelationFields fields = correlation.Fields[source];
        TextKey key = KeyOf(fields, view);
        Window? window = _windows.Find(key);
        if (window is null)
        {
            window = new Window(correlation.Plan);
            _windows.Set(key, window);
        }

        // Values are compared as Sigma compares texts: whatever their case.
        TextKey value = fields.Counted is { } counted && view.TryText(counted, out ReadOnlySpan<char> text)
            && text.Length > 0 ? IndexKey.Fold(text.ToString()) : default(TextKey);
        if (correlation.Plan.Kind == CorrelationKind.ValueCount && value == default)
        {
            return null;
        }

        if (!window.Add(view.Event, correlation.Members[member], value))
        {
            return null;
        }

        _windows.Remove(key);
        return [.. window.Evidence.TakeLast(EvidenceMax)];
    }

    private string KeyOf(CorrelationFields fields, EventView view)
    {
        _key.Clear().Append(view.Event.Subject.Sandbox?.Value);
        foreach (SigmaField field in fields.GroupBy)
        {
            _key.Append('\n');
            if (view.TryText(field, out ReadOnlySpan<char> text))
            {
                _key.Append(text);
            }
        }

        return _key.ToString();
    }

    private sealed class Window(CorrelationPlan plan)
    {
        private readonly List<(long Ns, long Seq, TextKey Value)> _entries = [];
        private readonly (long SinceNs, ImmutableArray<long> Seqs)?[] _chains =
            new (long, ImmutableArray<long>)?[plan.Rules.Count];

        internal IEnumerable<long> Evidence { get; private set; } = [];

        private long SpanNs => (long)Math.Min(plan.Span.TotalNanoseconds, long.MaxValue);

        /// <summary>True when it is complete.</summary>
        internal bool Add(Event occurred, int[] places, TextKey value) => plan.Kind switch
        {
            CorrelationKind.EventCount => Counted(occurred, default),
            CorrelationKind.ValueCount => Counted(occurred, value),
            CorrelationKind.Temporal => Together(occurred, places),
            _ => InOrder(occurred, places),
        };

        /// <summary>No more entries than would complete it are ever held.</summary>
        private bool Counted(Event occurred, TextKey value)
        {
            _entries.RemoveAll(each => occurred.MonotonicNs - each.Ns > SpanNs
                || (value != default && each.Value == value));
            _entries.Add((occurred.MonotonicNs, occurred.Seq, value));
            Evidence = _entries.Select(each => each.Seq);
            return _entries.Count >= plan.CountMin;
        }

        private bool Together(Event occurred, int[] places)
        {
            // An event counts for one rule of several that it matches, or for the same rule named twice: the first that
            // still waits.
            int waiting = Array.FindIndex(places, each => !IsFresh(each, occurred));
            int place = places[Math.Max(0, waiting)];
            _chains[place] = (occurred.MonotonicNs, [occurred.Seq]);
            int[] fresh = [.. Enumerable.Range(0, _chains.Length).Where(each => IsFresh(each, occurred))];
            Evidence = fresh.SelectMany(each => _chains[each]!.Value.Seqs).Distinct().Order();
            return fresh.Length >= plan.CountMin;
        }

        private bool IsFresh(int place, Event occurred) =>
            _chains[place] is { } chain && occurred.MonotonicNs - chain.SinceNs <= SpanNs;

        /// <summary>Of each place the youngest chain that has come so far, from the last to the first: an event is one
        /// step.</summary>
        private bool InOrder(Event occurred, int[] places)
        {
            foreach (int place in places.OrderDescending())
            {
                if (place == 0)
                {
                    _chains[0] = (occurred.MonotonicNs, [occurred.Seq]);
                }
                else if (_chains[place - 1] is { } before && occurred.MonotonicNs - before.SinceNs <= SpanNs
                    && before.Seqs[^1] != occurred.Seq)
                {
                    _chains[place] = (before.SinceNs, [.. before.Seqs, occurred.Seq]);
                }
            }

            bool complete = _chains[^1] is { } last && last.Seqs[^1] == occurred.Seq;
            Evidence = complete ? _chains[^1]!.Value.Seqs : [];
            return complete;
        }
    }
}
