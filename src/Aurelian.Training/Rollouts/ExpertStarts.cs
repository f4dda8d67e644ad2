using Aurelian.Training.Algorithms;
using Aurelian.Training.WarmUp;

namespace Aurelian.Training.Rollouts;

/// <summary>How rollouts begin.</summary>
internal enum StartKind
{
    /// <summary>At the task's beginning.</summary>
    Beginning,

    /// <summary>A group's episodes at several chunks of an expert's trajectory, the beginning among them.</summary>
    Spread,

    /// <summary>Near the expert's end first, and further back as the tail is learnt.</summary>
    Rollback,

    /// <summary>
    /// Spread at first; when every start was tried, half of a group just before the chunk without which all is lost.
    /// </summary>
    Crucial,
}

/// <summary>
/// Chunk-initialised rollouts: an expert's first commands are replayed in the sandbox, then the policy goes on. Experts
/// are the right demonstrations of a task's own instruction; a task without one starts at its beginning.
/// </summary>
internal sealed class ExpertStarts
{
    /// <summary>Success rate of a group at which sequential rollback moves the start one chunk back.</summary>
    private const double Learnt = 0.5;

    /// <summary>Episodes from each start before its rate of success is believed.</summary>
    private const int TriesMin = 4;

    /// <summary>The least fall of the rate of success that makes a chunk crucial.</summary>
    private const double CrucialDrop = 0.25;

    private readonly Dictionary<string, int[]> _tries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _experts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SequentialRollback> _rollbacks = new(StringComparer.Ordinal);
    private readonly StartKind _kind;

    internal ExpertStarts(StartKind kind, IEnumerable<Demonstration> demonstrations)
    {
        _kind = kind;
        foreach (Demonstration each in demonstrations
            .Where(each => each.Kind == "right" && kind != StartKind.Beginning))
        {
            _experts.TryAdd(each.Instruction.Trim(), [.. each.Turns.Select(turn => turn.Command)]);
        }
    }

    /// <summary>Replayed chunks of each task, for a checkpoint.</summary>
    internal IReadOnlyDictionary<string, int> Places =>
        _rollbacks.ToDictionary(entry => entry.Key, entry => entry.Value.Start);

    /// <summary>Successes and tries of each task by start, in turn, for a checkpoint.</summary>
    internal IReadOnlyDictionary<string, int[]> Tries =>
        _tries.ToDictionary(entry => entry.Key, entry => (int[])entry.Value.Clone());

    /// <summary>The expert's commands that an episode begins with; null: none.</summary>
    internal IReadOnlyList<string>? Prefix(Agents.TaskPlan task, int sample, int group)
    {
        if (!_experts.TryGetValue(task.Instruction.Trim(), out string[]? expert))
        {
            return null;
        }

        // The expert's last word is a chunk too: after all its commands something is left to say.
        int chunks = expert.Length + 1;
        int start = _kind switch
        {
            StartKind.Rollback => Of(task, chunks).Start,
            StartKind.Crucial when FindCrucial(task, chunks) is { } crucial => sample < group / 2 ? crucial - 1 : 0,
            _ => PrefixPlanner.Spread(chunks, group)[sample],
        };
        return start == 0 ? null : expert[..start];
    }

    /// <summary>Looks at the step's groups, so that starts move to where there is something to learn.</summary>
    internal void Observe(Agents.TaskPlan task, IReadOnlyList<(int Start, double Reward)> episodes)
    {
        if (!_experts.TryGetValue(task.Instruction.Trim(), out string[]? expert))
        {
            return;
        }

        if (_kind == StartKind.Rollback)
        {
            Of(task, expert.Length + 1).Observe([.. episodes.Select(each => each.Reward)]);
        }
        else if (_kind == StartKind.Crucial)
        {
            int[] tries = OfTries(task, expert.Length + 1);
            foreach ((int start, double reward) in episodes)
            {
                tries[2 * start] += reward > 0 ? 1 : 0;
                tries[(2 * start) + 1]++;
            }
        }
    }

    /// <summary>Goes on from a checkpoint.</summary>
    internal void Restore(
        IReadOnlyDictionary<string, int> places, IReadOnlyDictionary<string, int[]> tries)
    {
        foreach ((string task, int[] each) in tries)
        {
            _tries[task] = [.. each];
        }

        foreach ((string task, int start) in places)
        {
            _rollbacks[task] = new SequentialRollback(start + 1, Learnt);
        }
    }

    private int? FindCrucial(Agents.TaskPlan task, int chunks)
    {
        int[][] starts = [.. OfTries(task, chunks).Chunk(2)];
        return starts.All(start => start[1] >= TriesMin)
            ? PrefixPlanner.FindCrucial([.. starts.Select(start => start[0] / (double)start[1])], CrucialDrop)
            : null;
    }

    private int[] OfTries(Agents.TaskPlan task, int chunks) =>
        _tries.TryGetValue(task.Name, out int[]? found) ? found : _tries[task.Name] = new int[2 * chunks];

    private SequentialRollback Of(Agents.TaskPlan task, int chunks) =>
        _rollbacks.TryGetValue(task.Name, out SequentialRollback? found)
            ? found
            : _rollbacks[task.Name] = new SequentialRollback(chunks, Learnt);
}
