using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Aurelian.Bench;

/// <summary>
/// Whether training keeps all cores busy, its sandboxes included, and whether its memory stays what it was.
/// </summary>
internal sealed class TrainingBenchmark : IBenchmark
{
    private const int LiveSteps = 6, MemorySteps = 2000;

    /// <summary>The first steps compile what is hot and fill pools.</summary>
    private const int WarmUpSteps = 2;

    private const int MemoryPart = MemorySteps / 10, MemoryEvery = 10;

    public string Name => "training";

    public string What => "processor use of a training step, sandboxes included; --long: its memory over 2,000 steps";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await BusyAsync(settings, cancellationToken).ConfigureAwait(false);
        if (settings.Long)
        {
            yield return await MemoryAsync(settings, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Arm B of examples/rome.toml, every episode in a sandbox, from one step's end to another's.</summary>
    private static async Task<BenchResult> BusyAsync(BenchSettings settings, CancellationToken cancellationToken)
    {
        int steps = settings.Pairs ?? LiveSteps;
        double load = LoadAverage.Now, before = 0, spent = 0;
        long start = 0;
        using TempFolder runs = new("training");
        using BenchCgroup cgroup = new();
        string job = Path.Combine(TrainingRun.Repository, "examples", "rome.toml");
        using TrainingRun run = TrainingRun.Start(job, runs.Path, "--arm", "B");
        await foreach (int step in run.StepsAsync(cancellationToken).ConfigureAwait(false))
        {
            string sandboxes = run.Cgroup ?? throw new InvalidOperationException("the run's sandboxes have no cgroup");
            if (step == WarmUpSteps)
            {
                before = cgroup.CpuMilliseconds(sandboxes);
                start = Stopwatch.GetTimestamp();
            }

            if (step == WarmUpSteps + steps)
            {
                spent = cgroup.CpuMilliseconds(sandboxes) - before;
                break;
            }
        }

        double wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        settings.Say(Phases(runs.Path));
        return Comparison.Alone(
            "training/cores", "of all cores' time", spent / (Environment.ProcessorCount * wall), steps, load);
    }

    private static string Phases(string runs)
    {
        string metrics = Directory.GetFiles(runs, "metrics.jsonl", SearchOption.AllDirectories)
            .Single(file => Path.GetFileName(Path.GetDirectoryName(file)) == "B");
        JsonElement[] steps = [.. File.ReadLines(metrics).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("kind").GetString() == "step").Skip(WarmUpSteps)];
        double Mean(string name) => steps.Average(line => line.GetProperty("values").GetProperty(name).GetDouble());
        return string.Create(CultureInfo.InvariantCulture,
            $"  training/cores: a step is {Mean("seconds-rollouts"):0.0} s of rollouts and ")
            + string.Create(CultureInfo.InvariantCulture, $"{Mean("seconds-learning"):0.0} s of learning");
    }

    /// <summary>Two thousand updates; what was run before is answered from its record, so minutes do.</summary>
    private static async Task<BenchResult> MemoryAsync(BenchSettings settings, CancellationToken cancellationToken)
    {
        double load = LoadAverage.Now;
        List<double> megabytes = [];
        using TempFolder runs = new("training");
        string root = TrainingRun.Repository, job = Path.Combine(runs.Path, "job.toml");
        await File.WriteAllTextAsync(job, $"""
            [warm_start]
            demonstrations = "{root}/examples/rome/demonstrations.jsonl"
            steps = 0
            [tasks]
            train = "{root}/tasks/rome/train"
            held_out = "{root}/tasks/rome/held-out"
            [algorithm]
            steps = {MemorySteps}
            tasks_per_step = 1
            group = 2
            tokens_per_turn = 4
            start = "spread"
            [sandbox]
            policy = "{root}/examples/rome/open.toml"
            upstream = "simulated"
            rollouts = "memoised"
            [report]
            evaluate_every = {MemorySteps}
            evaluate_samples = 1
            checkpoint_every = {MemorySteps / 4}
            """, cancellationToken).ConfigureAwait(false);
        using TrainingRun run = TrainingRun.Start(job, runs.Path);
        await foreach (int step in run.StepsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (step > MemoryPart && step % MemoryEvery == 0)
            {
                megabytes.Add(run.ResidentMegabytes);
            }
        }

        // The collector's own budget comes and goes by some ten megabytes: medians of two hundred steps.
        double first = Comparison.Median(megabytes.Take(MemoryPart / MemoryEvery));
        double last = Comparison.Median(megabytes.TakeLast(MemoryPart / MemoryEvery));
        settings.Say(string.Create(CultureInfo.InvariantCulture,
            $"  training/memory: {megabytes.Min():0} to {megabytes.Max():0} MB after step {MemoryPart}"));
        return Comparison.Of(
            "training/memory", "MB resident, last 200 steps", Better.Lower, "its steps 200 to 400",
            [new Pair(last, first)], load);
    }
}
