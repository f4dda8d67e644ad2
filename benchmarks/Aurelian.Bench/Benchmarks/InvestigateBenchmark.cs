using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Aurelian.Investigation.Simulate;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// <c>aurelian investigate</c> on made cases ten times larger each: its time from the files to the answer, and the most
/// memory it took. One logged alert for ten calls, half of them background.
/// </summary>
internal sealed class InvestigateBenchmark : IBenchmark
{
    private const int Seed = 5;
    private const double CallsPerEpisode = 26, SecondsPerEpisode = 1000;

    /// <summary>Before the log loses some.</summary>
    private const double AlertsPerCall = 0.118;

    public string Name => "investigate";

    public string What => "cases of 10,000 and 100,000 tool calls, with --long 1,000,000, from files to answer";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string root = Path.GetDirectoryName(Path.GetDirectoryName(NativeFolder.Find())!)!;
        string program = Path.Combine(root, "artifacts/bin/Aurelian.Cli/release/aurelian");
        if (!File.Exists(program))
        {
            settings.Say($"investigate: skipped, for there is no {program}");
            yield break;
        }

        double load = LoadAverage.Now;
        double? before = null;
        foreach (int calls in settings.Long ? [10_000, 100_000, 1_000_000] : new[] { 10_000, 100_000 })
        {
            string folder = Directory.CreateTempSubdirectory("aurelian-bench-investigate-").FullName;
            try
            {
                CaseFolder.Write(CaseSimulator.Make(Setting(calls), Seed), folder);
                string traces = Path.Combine(folder, "traces.jsonl");
                ProcessStartInfo start = new(program)
                {
                    ArgumentList =
                    {
                        "investigate", "--firewall", Path.Combine(folder, "alerts.json"), "--traces", traces,
                        "--format", "json",
                    },
                };
                (TimeSpan wall, _, long memory) = await MeasuredProgram.RunAsync(start, cancellationToken)
                    .ConfigureAwait(false);
                string name = string.Create(CultureInfo.InvariantCulture, $"investigate/{calls}");
                yield return Comparison.Alone($"{name}/time", "s", wall.TotalSeconds, 1, load);
                yield return Comparison.Alone($"{name}/memory", "MB", memory / 1e6, 1, load);
                yield return Comparison.Alone($"{name}/traces", "MB", new FileInfo(traces).Length / 1e6, 1, load);
                if (before is { } smaller)
                {
                    yield return Comparison.Alone($"{name}/growth", "x", wall.TotalSeconds / smaller, 1, load);
                }

                before = wall.TotalSeconds;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // A task comes back about every hundred rollouts; the background keeps its share however long the run is.
    private static SimulationSetting Setting(int calls)
    {
        const int at = 256;
        int episodes = (int)(calls / CallsPerEpisode);
        double alerts = calls * AlertsPerCall;
        double hours = episodes * SecondsPerEpisode / at / 3600;
        return new SimulationSetting
        {
            Name = "large", Episodes = episodes, Concurrency = at, GroupsPerStep = 16,
            Tasks = Math.Clamp(episodes / 100, 16, 400), CulpritAlerts = alerts / 2,
            BackgroundPerHour = alerts / 2 / Math.Max(0.5, hours),
        };
    }
}
