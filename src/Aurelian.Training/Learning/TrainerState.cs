using System.Text.Json;
using Aurelian.Training.Engines;

namespace Aurelian.Training.Learning;

/// <summary>
/// What a resumed run needs besides the weights. Randomness is drawn afresh for each step from the seed and the step's
/// number, so the step is also the state of every generator and the position in the data.
/// </summary>
internal sealed record TrainerState
{
    /// <summary>Steps behind it; 0 after the warm start.</summary>
    public int Step { get; init; }

    /// <summary>Optimiser updates of the reinforcement; steps whose batch was given up have none.</summary>
    public int Updates { get; init; }

    /// <summary>How often the run was taken back: what is rolled out again differs from what was.</summary>
    public int Rollbacks { get; init; }

    /// <summary>Of sequential rollback: how many of an expert's commands each task begins with.</summary>
    public IReadOnlyDictionary<string, int> Starts { get; init; } = new Dictionary<string, int>();

    /// <summary>Of the search for crucial chunks: each task's successes and tries by start, in turn.</summary>
    public IReadOnlyDictionary<string, int[]> Tries { get; init; } = new Dictionary<string, int[]>();

    /// <summary>Tasks that are not asked any more.</summary>
    public IReadOnlyList<string> Quarantined { get; init; } = [];
}

/// <summary>
/// Checkpoints of one run: written beside their place, flushed, and renamed into it, so that whatever happens meanwhile
/// the last good one stands.
/// </summary>
internal sealed class CheckpointShelf(string folder)
{
    private const string StateFile = "state.json", Partial = ".partial", Old = ".old";

    /// <summary>Whole checkpoints by their step.</summary>
    internal IReadOnlyList<(int Step, string Folder)> Found => !Directory.Exists(folder) ? [] :
        [.. Directory.GetDirectories(folder, "step-*")
            .Where(each => !each.EndsWith(Partial, StringComparison.Ordinal)
                && File.Exists(Path.Combine(each, StateFile)))
            .Select(each => (ReadState(each).Step, each)).OrderBy(each => each.Item1)
            // What a crash left between two renames still counts, after the one that replaces it.
            .ThenBy(each => each.each.EndsWith(Old, StringComparison.Ordinal) ? 0 : 1)];

    internal int LastStep => Found is [.., (int step, _)] ? step : 0;

    internal async Task SaveAsync(IEngine engine, TrainerState state, CancellationToken cancellationToken)
    {
        string place = Path.Combine(folder, FormattableString.Invariant($"step-{state.Step:D6}"));
        string partial = place + Partial;
        Remove(partial);
        try
        {
            await WriteAsync(partial, engine, state, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A full disk gets its room back: the watched run still has its end to write.
            Remove(partial);
            throw;
        }

        // Of the same step again: the old one goes when the new one stands.
        string old = place + Old;
        if (Directory.Exists(place))
        {
            Remove(old);
            Directory.Move(place, old);
        }

        Directory.Move(partial, place);
        Remove(old);
    }

    private static async Task WriteAsync(
        string partial, IEngine engine, TrainerState state, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(partial);
        await engine.SaveAsync(partial, cancellationToken).ConfigureAwait(false);
        WriteFlushed(Path.Combine(partial, StateFile), JsonSerializer.Serialize(state));
    }

    /// <summary>Ends checkpoints of later steps: after a rollback they belong to a run that was not.</summary>
    internal void RemoveAfter(int step)
    {
        foreach ((int each, string place) in Found.Where(found => found.Step > step))
        {
            Remove(place);
        }
    }

    /// <summary>Another state beside the same weights.</summary>
    internal static void Rewrite(string checkpoint, TrainerState state)
    {
        string path = Path.Combine(checkpoint, StateFile);
        WriteFlushed(path + Partial, JsonSerializer.Serialize(state));
        File.Move(path + Partial, path, overwrite: true);
    }

    internal static TrainerState ReadState(string checkpoint) =>
        JsonSerializer.Deserialize<TrainerState>(File.ReadAllText(Path.Combine(checkpoint, StateFile)))!;

    private static void WriteFlushed(string path, string text)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    private static void Remove(string place)
    {
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true);
        }
    }
}
