using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Aurelian.LinuxTests.Faults;

namespace Aurelian.LinuxTests.Training;

/// <summary>
/// A job of a small untrained model on eight small tasks. What its episodes do is on record, so that a run takes
/// seconds in a real watched session, and two runs of it are the same.
/// </summary>
internal sealed class TrainingFolder : IDisposable
{
    internal const int Steps = 12, CheckpointEvery = 2;

    /// <summary>By the seed step 6 asks this one first, and only here something is denied.</summary>
    internal const string Shifted = "t6";

    /// <summary>By the seed step 12 alone asks it.</summary>
    internal const string Last = "t5";

    private const int Tasks = 8, Denied = 40;

    private static readonly string Job = string.Create(CultureInfo.InvariantCulture, $"""
        name = "faults"
        seed = 5
        [model]
        hidden = 128
        layers = 2
        expert_width = 128
        [warm_start]
        demonstrations = "demonstrations.jsonl"
        steps = 2
        batch = 4
        [tasks]
        train = "tasks"
        held_out = "tasks"
        [algorithm]
        steps = {Steps}
        tasks_per_step = 1
        group = 2
        turns = 3
        tokens_per_turn = 4
        start = "spread"
        [report]
        evaluate_every = 100
        evaluate_samples = 1
        checkpoint_every = {CheckpointEvery}
        """);

    internal TrainingFolder()
    {
        List<object> demonstrations = [], memo = [];
        for (int number = 0; number < Tasks; number++)
        {
            string task = $"t{number}", command = $"echo {number}";
            Write($"tasks/{task}/task.toml", "");
            Write($"tasks/{task}/instruction.md", $"Write {number}.");
            Write($"tasks/{task}/tests/test.sh", "echo 1 >/logs/verifier/reward.txt");
            demonstrations.Add(new
            {
                kind = "right", instruction = $"Write {number}.",
                turns = new[] { new { command, output = $"{number}" } },
            });
            memo.Add(new { Key = task, End = End(task, 0) });
            memo.Add(new { Key = $"{task}\u001e{command}", Output = $"{number}", End = End(task, 1) });
        }

        Write("demonstrations.jsonl", Lines(demonstrations));
        Write("none-memo.jsonl", Lines(memo));
        Write("job.toml", Job);
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("aurelian-training-").FullName;

    internal string Runs => System.IO.Path.Combine(Path, "runs");

    internal string[] FromTheStart =>
        [System.IO.Path.Combine(Path, "job.toml"), "--memoised", "--memo", Path, "--runs", Runs];

    internal string[] Resumed => ["--resume", Run, "--runs", Runs];

    /// <summary>The only training run's folder.</summary>
    internal string Run => Assert.Single(Directory.GetDirectories(Runs, "train-*"));

    internal string Arm => System.IO.Path.Combine(Run, "seed-5", "run");

    internal string Checkpoints => System.IO.Path.Combine(Arm, "checkpoints");

    internal string Watched => Directory.GetDirectories(Runs, "2*").Order(StringComparer.Ordinal).First();

    internal byte[] Weights => File.ReadAllBytes(System.IO.Path.Combine(Arm, "model", "model.safetensors"));

    /// <summary>Names of whole checkpoints.</summary>
    internal string[] Whole => [.. Directory.GetDirectories(Checkpoints)
        .Select(each => System.IO.Path.GetFileName(each)!).Where(name => !name.Contains('.')).Order()];

    internal static AurelianProcess Start(params string[] arguments) => AurelianProcess.Start(["train", .. arguments]);

    /// <summary>The command to its end.</summary>
    internal static async Task<(int Code, string Output, string Error)> DoAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(System.IO.Path.Combine(AppContext.BaseDirectory, "aurelian"), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static object End(string task, int calls) => new
    {
        Episode = $"r/{task}-{calls}", StopReason = "policy-ended", Tests = calls, Credits = 0, Verdict = "clean",
        Final = true, Findings = Array.Empty<string>(), Calls = calls, CpuSeconds = 0.01,
        Denied = task == Shifted ? Denied : 0,
    };

    private static string Lines(IEnumerable<object> objects) =>
        string.Concat(objects.Select(each => JsonSerializer.Serialize(each) + "\n"));

    private void Write(string file, string text)
    {
        string path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

/// <summary>A run that nothing disturbed, for what a disturbed one must come to.</summary>
[CollectionDefinition(nameof(UndisturbedRun))]
public sealed class UndisturbedRun : IAsyncLifetime, ICollectionFixture<UndisturbedRun>
{
    internal TrainingFolder Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        (int code, _, string error) = await TrainingFolder.DoAsync(["train", .. Folder.FromTheStart]);
        Assert.True(code == 0, error);
    }

    public ValueTask DisposeAsync()
    {
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
