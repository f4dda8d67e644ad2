using System.Globalization;
using System.Runtime.InteropServices;
using Aurelian.Investigation.Answer;
using Aurelian.Investigation.Cases;

namespace Aurelian.Investigation.Causes;

/// <summary>All causes of a case that can be tested.</summary>
internal static class CauseIndex
{
    /// <summary>Words beyond this are left out, rarest first: a limit on time.</summary>
    public const int WordsMax = 1500;

    /// <summary>A word in fewer calls than this is an accident of one call, which its episode stands for.</summary>
    private const int CallsMin = 3;

    public static List<Cause> Of(CaseFrame frame)
    {
        List<Cause> causes = [];
        AddRuns(causes, CauseKind.Task, frame.Task, frame.Tasks);
        AddRuns(causes, CauseKind.Episode, frame.Episode, frame.Episodes);
        AddNamed(causes, CauseKind.Tool, frame, c => c.Tool);
        AddWords(causes, frame);
        AddNamed(causes, CauseKind.Checkpoint, frame, c => c.Checkpoint);
        AddNamed(causes, CauseKind.Step, frame, c => c.Step?.ToString(CultureInfo.InvariantCulture));
        return causes;
    }

    private static void AddRuns(List<Cause> causes, CauseKind kind, int[] of, string[] names)
    {
        List<int>[] calls = [.. names.Select(_ => new List<int>())];
        for (int i = 0; i < of.Length; i++)
        {
            calls[of[i]].Add(i);
        }

        causes.AddRange(names.Select((n, k) => new Cause(kind, n, [.. calls[k]])).Where(c => c.Value.Length > 0));
    }

    private static void AddNamed(List<Cause> causes, CauseKind kind, CaseFrame frame, Func<CaseCall, string?> name)
    {
        SortedDictionary<string, List<int>> calls = new(StringComparer.Ordinal);
        for (int i = 0; i < frame.Calls; i++)
        {
            if (name(frame.CallAt(i)) is { Length: > 0 } value)
            {
                if (!calls.TryGetValue(value, out List<int>? list))
                {
                    calls[value] = list = [];
                }

                list.Add(i);
            }
        }

        causes.AddRange(calls.Select(c => new Cause(kind, c.Key, [.. c.Value])));
    }

    private static void AddWords(List<Cause> causes, CaseFrame frame)
    {
        Dictionary<string, List<int>> calls = new(StringComparer.Ordinal);
        for (int i = 0; i < frame.Calls; i++)
        {
            foreach (string word in CommandWords.Of(frame.CallAt(i).Command))
            {
                ref List<int>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(calls, word, out _);
                (list ??= []).Add(i);
            }
        }

        // Words that stand in the same calls tell the same: the shortest speaks for them.
        IEnumerable<Cause> words = calls.Where(w => w.Value.Count >= CallsMin)
            .OrderByDescending(w => w.Value.Count).ThenBy(w => w.Key.Length).ThenBy(w => w.Key, StringComparer.Ordinal)
            .Take(WordsMax).GroupBy(w => Fingerprint(w.Value))
            .Select(g => new Cause(CauseKind.Command, g.First().Key, [.. g.First().Value]))
            .OrderBy(c => c.Value, StringComparer.Ordinal);
        causes.AddRange(words);
    }

    private static (int Count, long First, long Second) Fingerprint(List<int> calls)
    {
        long first = 17, second = 0;
        foreach (int call in calls)
        {
            first = unchecked((first * 1_000_003) + call);
            second = unchecked(second + ((long)call * call));
        }

        return (calls.Count, first, second);
    }
}
