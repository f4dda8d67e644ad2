using System.Text.Json;
using Aurelian.Agents;
using Aurelian.Events;

namespace Aurelian.Training.Rollouts;

/// <summary>
/// Recorded outcomes: what a task's commands, in their order from its start, answered in a watched sandbox, and what
/// became of the episode that ended there.
/// </summary>
internal sealed class OutcomeMemo
{
    private const char Between = '\u001e';

    private readonly Dictionary<string, string> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EpisodeOutcome> _ends = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    internal int Outputs => _outputs.Count;

    /// <summary>One command from the record, with what went before it: for running it again.</summary>
    internal (string Task, string[] Commands, string Output)? Pick(Random random)
    {
        lock (_lock)
        {
            if (_outputs.Count == 0)
            {
                return null;
            }

            (string key, string output) = _outputs.ElementAt(random.Next(_outputs.Count));
            string[] parts = key.Split(Between);
            return (parts[0], parts[1..], output);
        }
    }

    internal string? Output(string task, IReadOnlyList<string> commands)
    {
        lock (_lock)
        {
            return _outputs.GetValueOrDefault(Key(task, commands));
        }
    }

    internal EpisodeOutcome? End(string task, IReadOnlyList<string> commands)
    {
        lock (_lock)
        {
            return _ends.GetValueOrDefault(Key(task, commands));
        }
    }

    /// <summary>Keeps an episode that a sandbox ran whole; what broke or was cut short says nothing lasting.</summary>
    internal void Add(string task, IReadOnlyList<string> commands, IReadOnlyList<string> outputs, EpisodeOutcome end)
    {
        lock (_lock)
        {
            for (int count = 1; count <= commands.Count && count <= outputs.Count; count++)
            {
                _outputs.TryAdd(Key(task, commands.Take(count)), outputs[count - 1]);
            }

            if (end.StopReason is StopReasons.Ended or StopReasons.Submitted or StopReasons.Turns && end.Final
                && end.Tests is not null)
            {
                _ends.TryAdd(Key(task, commands), end);
            }
        }
    }

    /// <summary>The verdict of a recorded episode by all that is known now.</summary>
    internal void Judge(string episode, VerdictState state)
    {
        lock (_lock)
        {
            foreach ((string key, EpisodeOutcome end) in _ends
                .Where(entry => entry.Value.Episode == episode && entry.Value.Verdict != state).ToArray())
            {
                _ends[key] = end with { Verdict = state };
            }
        }
    }

    internal void Save(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using StreamWriter writer = new(file + ".new");
        lock (_lock)
        {
            foreach ((string key, string output) in _outputs)
            {
                writer.WriteLine(JsonSerializer.Serialize(new Line(key, output, _ends.GetValueOrDefault(key))));
            }

            foreach ((string key, EpisodeOutcome end) in _ends.Where(entry => !_outputs.ContainsKey(entry.Key)))
            {
                writer.WriteLine(JsonSerializer.Serialize(new Line(key, null, end)));
            }
        }

        writer.Dispose();
        File.Move(file + ".new", file, overwrite: true);
    }

    internal void Load(string file)
    {
        if (!File.Exists(file))
        {
            return;
        }

        foreach (string text in File.ReadLines(file))
        {
            Line line = JsonSerializer.Deserialize<Line>(text)!;
            if (line.Output is not null)
            {
                _outputs.TryAdd(line.Key, line.Output);
            }

            if (line.End is not null)
            {
                _ends.TryAdd(line.Key, line.End);
            }
        }
    }

    private static string Key(string task, IEnumerable<string> commands) =>
        string.Join(Between, commands.Prepend(task));

    private sealed record Line(string Key, string? Output, EpisodeOutcome? End);
}
