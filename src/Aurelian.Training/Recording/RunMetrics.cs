using System.Text.Json;
using System.Text.Json.Serialization;
using Aurelian.Training.Rollouts;
using static TorchSharp.torch.utils.tensorboard;

namespace Aurelian.Training.Recording;

/// <summary>
/// A run's numbers as it goes: <c>metrics.jsonl</c>, TensorBoard event files, and <c>trajectories.jsonl</c> with ids,
/// masks, log-probs and verdicts. What a crash cut short is the last line at most.
/// </summary>
internal sealed class RunMetrics : IDisposable
{
    internal const string MetricsFile = "metrics.jsonl", TrajectoriesFile = "trajectories.jsonl";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly StreamWriter _metrics;
    private readonly StreamWriter _trajectories;
    private readonly TorchSharp.Modules.SummaryWriter _board;

    internal RunMetrics(string folder)
    {
        Directory.CreateDirectory(folder);
        _metrics = Append(Path.Combine(folder, MetricsFile));
        _trajectories = Append(Path.Combine(folder, TrajectoriesFile));
        _board = SummaryWriter(Path.Combine(folder, "tensorboard"), createRunName: false);
    }

    /// <summary>Goes on after a checkpoint's step: what was written later is taken out first.</summary>
    internal static RunMetrics Open(string folder, int step)
    {
        TrimAfter(folder, step);
        return new RunMetrics(folder);
    }

    /// <summary>One line: a kind (step, evaluation, warm-up …), its number, and its values by name.</summary>
    internal void Write(string kind, int step, IReadOnlyDictionary<string, double> values, params string[] notes)
    {
        _metrics.WriteLine(JsonSerializer.Serialize(
            new MetricsLine(kind, step, values, notes.Length > 0 ? notes : null), Options));
        _metrics.Flush();
        foreach ((string name, double value) in values)
        {
            _board.add_scalar($"{kind}/{name}", (float)value, step);
        }
    }

    internal void Write(IEnumerable<Trajectory> trajectories)
    {
        foreach (Trajectory each in trajectories)
        {
            _trajectories.WriteLine(JsonSerializer.Serialize(each, Options));
        }

        _trajectories.Flush();
    }

    /// <summary>Takes lines of later steps out: a resumed run writes them again.</summary>
    internal static void TrimAfter(string folder, int step)
    {
        Rewrite(Path.Combine(folder, MetricsFile), ReadMetrics(folder).Where(line => line.Step <= step));
        Rewrite(Path.Combine(folder, TrajectoriesFile),
            ReadTrajectories(Path.Combine(folder, TrajectoriesFile)).Where(each => each.Step <= step));
    }

    internal static IEnumerable<Trajectory> ReadTrajectories(string file) =>
        Lines<Trajectory>(file);

    internal static IEnumerable<MetricsLine> ReadMetrics(string folder) =>
        Lines<MetricsLine>(Path.Combine(folder, MetricsFile));

    public void Dispose()
    {
        _metrics.Dispose();
        _trajectories.Dispose();
    }

    private static void Rewrite<T>(string path, IEnumerable<T> lines)
    {
        if (File.Exists(path))
        {
            File.WriteAllLines(path + ".new", lines.Select(line => JsonSerializer.Serialize(line, Options)));
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private static StreamWriter Append(string path) =>
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read));

    private static IEnumerable<T> Lines<T>(string file)
    {
        foreach (string line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            T? read;
            try
            {
                read = JsonSerializer.Deserialize<T>(line, Options);
            }
            catch (JsonException)
            {
                continue;
            }

            if (read is not null)
            {
                yield return read;
            }
        }
    }
}

/// <param name="Notes">Sentences: alarms, groups that were given up, late verdicts.</param>
internal sealed record MetricsLine(string Kind, int Step, IReadOnlyDictionary<string, double> Values, string[]? Notes);
