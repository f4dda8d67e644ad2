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
}

/// <summary>
/// Chunk-initialised rollouts: an expert's first commands are replayed in the sandbox, then the policy goes on. Experts
/// are the right demonstrations of a task's own instruction; a task without one starts at its beginning.
/// </summary>
internal sealed class ExpertStarts
{
    /// <summary>Success rate of a group at which sequential rollback moves the start one chunk back.</summary>
    private const double Learnt = 0.5;

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

    /// <summary>The expert's commands that an episode begins with; null: none.</summary>
    internal IReadOnlyList<string>? Prefix(Agents.TaskPlan task, int sample, int group)
    {
        if (!_experts.TryGetValue(task.Instruction.Trim(), out string[]? expert))
        {
            return null;
        }

        // The expert's last word is a chunk too: after all its commands something is left to say.
        int chunks = expert.Length + 1;
        int start = _kind == StartKind.Spread ? PrefixPlanner.Spread(chunks, group)[sample] : Of(task, chunks).Start;
        return start == 0 ? null : expert[..start];
    }

    /// <summary>Looks at the step's groups, so that the starts of what was learnt move back.</summary>
    internal void Observe(Agents.TaskPlan task, IReadOnlyList<double> rewards)
    {
        if (_kind == StartKind.Rollback && _experts.TryGetValue(task.Instruction.Trim(), out string[]? expert))
        {
            Of(task, expert.Length + 1).Observe(rewards);
        }
    }

    /// <summary>Goes on from a checkpoint.</summary>
    internal void Restore(IReadOnlyDictionary<string, int> places)
    {
        foreach ((string task, int start) in places)
        {
            _rollbacks[task] = new SequentialRollback(start + 1, Learnt);
        }
    }

    private SequentialRollback Of(Agents.TaskPlan task, int chunks) =>
        _rollbacks.TryGetValue(task.Name, out SequentialRollback? found)
            ? found
            : _rollbacks[task.Name] = new SequentialRollback(chunks, Learnt);
}
