using System.Diagnostics;
using System.Runtime;
using System.Runtime.CompilerServices;
using Aurelian.Firewall;

namespace Aurelian.Bench;

/// <summary>
/// Episodes a second, kept up: the pool's refill and the graders' sandboxes included, as many at once as a run has.
/// </summary>
internal sealed class RateBenchmark : IBenchmark
{
    private const int Blocks = 6, EpisodesABlock = 24;

    public string Name => "rate";

    public string What => "episodes a second, pool refill and grading included";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int blocks = settings.Pairs ?? Blocks;
        using BenchCgroup cgroup = new();
        using RuncPeer peer = new(cgroup.Name);
        foreach ((string name, bool recycle) in new[] { ("rate/fresh", false), ("rate/recycled", true) })
        {
            double load = LoadAverage.Now, spent = 0, inside = 0, self = 0, compiled = 0;
            PolicyPlan policy = PolicyPlan.Empty with { Sandbox = new SandboxSettings { Recycle = recycle } };
            await using EpisodeStage stage = await EpisodeStage.OpenAsync(
                (blocks + 2) * EpisodesABlock, policy, cancellationToken).ConfigureAwait(false);
            string ours = stage.Stage.Host.Cgroup2Root;
            await RateAsync(stage.RunAsync, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Pair> rates = await Comparison.AlternateAsync(
                blocks,
                async _ =>
                {
                    double before = cgroup.CpuMilliseconds(ours), insideBefore = BenchCgroup.Milliseconds(ours);
                    TimeSpan selfBefore = Environment.CpuUsage.TotalTime, compiledBefore = JitInfo.GetCompilationTime();
                    double rate = await RateAsync(stage.RunAsync, cancellationToken).ConfigureAwait(false);
                    spent += cgroup.CpuMilliseconds(ours) - before;
                    inside += BenchCgroup.Milliseconds(ours) - insideBefore;
                    self += (Environment.CpuUsage.TotalTime - selfBefore).TotalMilliseconds;
                    compiled += (JitInfo.GetCompilationTime() - compiledBefore).TotalMilliseconds;
                    return rate;
                },
                _ => RateAsync(
                    token => Task.Run(() => peer.Run(EpisodeStage.Commands), token), cancellationToken))
                .ConfigureAwait(false);
            int episodes = blocks * EpisodesABlock;
            settings.Say(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"  {name}: of {spent / episodes:0.0} ms an episode {inside / episodes:0.0} inside the sandboxes, "
                    + $"{self / episodes:0.0} in our process ({compiled / episodes:0.0} of it compiling), the rest in "
                    + $"the warden and the runtime"));
            foreach (string line in EpisodePhases.Read(stage.Stage.Folder.Timeline))
            {
                settings.Say(line);
            }

            yield return Comparison.Of(name, "episodes/s", Better.Higher, RuncPeer.Name, rates, load);
            yield return Comparison.Alone(
                $"{name}/cpu", "ms of processor", spent / episodes, episodes, load);
        }
    }

    private static async Task<double> RateAsync(
        Func<CancellationToken, Task> episode, CancellationToken cancellationToken)
    {
        ParallelOptions options = new()
        {
            MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount * 2), CancellationToken = cancellationToken,
        };
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, EpisodesABlock), options,
            async (_, token) => await episode(token).ConfigureAwait(false)).ConfigureAwait(false);
        return EpisodesABlock / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
