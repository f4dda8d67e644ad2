using System.Text.Json;
using System.Text.Json.Serialization;
using Aurelian.Events;

namespace Aurelian.Training.Gate;

/// <summary>One line of the ledger: either an update and its episodes, or a verdict that came after one.</summary>
public sealed record TaintEntry
{
    /// <summary>The optimiser's update, from 1.</summary>
    public int? Update { get; init; }

    public string[]? Episodes { get; init; }

    /// <summary>An episode whose verdict changed after it had taught.</summary>
    public string? Late { get; init; }

    public VerdictState? State { get; init; }

    /// <summary>Updates after this one were undone: the run went on from a checkpoint before them.</summary>
    public int? UndoneAfter { get; init; }
}

/// <summary>
/// Which episodes fed which update, and which verdicts came too late: appended and flushed line by line, so that after
/// a crash it says what it said before.
/// </summary>
public sealed class TaintLedger : IDisposable
{
    public const string FileName = "taint.jsonl";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Dictionary<string, List<int>> _updates = [];
    private readonly Dictionary<int, string[]> _episodes = [];
    private readonly Dictionary<string, VerdictState> _late = [];
    private readonly StreamWriter _writer;

    private TaintLedger(string file)
    {
        foreach (TaintEntry entry in Read(file))
        {
            Take(entry);
        }

        _writer = new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read));
        if (IsCutShort(file))
        {
            _writer.WriteLine();
        }
    }

    /// <summary>Updates that a late verdict has marked, in order.</summary>
    public IReadOnlyList<int> TaintedUpdates => [.. _late.Keys
        .SelectMany(episode => _updates.GetValueOrDefault(episode, [])).Distinct().Order()];

    /// <summary>Episodes that must not teach again.</summary>
    public IReadOnlyCollection<string> TaintedEpisodes => _late.Keys;

    /// <summary>What fed an update; after a rollback the same number is written again.</summary>
    public IReadOnlyList<string> EpisodesOf(int update) => _episodes.GetValueOrDefault(update, []);

    public static TaintLedger Open(string folder) => new(Path.Combine(folder, FileName));

    public void RecordUpdate(int update, IEnumerable<string> episodes) =>
        Write(new TaintEntry { Update = update, Episodes = [.. episodes] });

    /// <returns>The updates that it slipped into.</returns>
    public IReadOnlyList<int> MarkLate(string episode, VerdictState state)
    {
        if (_late.TryAdd(episode, state))
        {
            Write(new TaintEntry { Late = episode, State = state });
        }

        return _updates.GetValueOrDefault(episode, []);
    }

    /// <summary>The run goes on after this update: what came later is in no weight any more.</summary>
    public void UndoAfter(int update)
    {
        if (_episodes.Keys.Any(each => each > update))
        {
            Write(new TaintEntry { UndoneAfter = update });
        }
    }

    public void Dispose() => _writer.Dispose();

    private void Write(TaintEntry entry)
    {
        Take(entry);
        _writer.WriteLine(JsonSerializer.Serialize(entry, Options));
        _writer.Flush();
    }

    private void Take(TaintEntry entry)
    {
        if (entry is { Update: { } number, Episodes: { } fed })
        {
            Forget(number);
            _episodes[number] = fed;
        }

        foreach (string episode in entry.Episodes ?? [])
        {
            if (!_updates.TryGetValue(episode, out List<int>? updates))
            {
                _updates[episode] = updates = [];
            }

            updates.Add(entry.Update!.Value);
        }

        foreach (int undone in _episodes.Keys.Where(each => each > entry.UndoneAfter).ToArray())
        {
            Forget(undone);
        }

        if (entry is { Late: { } late, State: { } state })
        {
            _late[late] = state;
        }
    }

    /// <summary>An update that a rollback undid has taught nothing.</summary>
    private void Forget(int update)
    {
        foreach (string episode in _episodes.GetValueOrDefault(update, []))
        {
            _updates[episode].Remove(update);
        }

        _episodes.Remove(update);
    }

    /// <summary>By a crash or a full disk: the next line would otherwise be lost with it.</summary>
    private static bool IsCutShort(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.Length == 0)
        {
            return false;
        }

        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }

    /// <summary>A last line that a crash cut short is no line.</summary>
    private static IEnumerable<TaintEntry> Read(string file)
    {
        foreach (string line in File.Exists(file) ? File.ReadLines(file).ToArray() : [])
        {
            TaintEntry? entry = null;
            try
            {
                entry = JsonSerializer.Deserialize<TaintEntry>(line, Options);
            }
            catch (JsonException)
            {
                continue;
            }

            if (entry is not null)
            {
                yield return entry;
            }
        }
    }
}
