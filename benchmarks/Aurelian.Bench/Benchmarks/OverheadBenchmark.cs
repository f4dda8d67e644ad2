using System.Diagnostics;
using System.Runtime.CompilerServices;
using Aurelian.Firewall;

namespace Aurelian.Bench;

/// <summary>
/// What the platform adds to an episode: two tool calls in a sandbox of the pool and a grade in its own, judged and
/// stored, against runc's own commands for the same two calls (which grade, watch and judge nothing).
/// </summary>
internal sealed class OverheadBenchmark : IBenchmark
{
    private const int Pairs = 30, Warmups = 5, SandboxesAnEpisode = 2;

    public string Name => "overhead";

    public string What => "a watched episode from a warm pool";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int pairs = settings.Pairs ?? Pairs;
        double load = LoadAverage.Now;
        using BenchCgroup cgroup = new();
        using RuncPeer peer = new(cgroup.Name);
        // As a run has it unless its policy says otherwise.
        await using EpisodeStage stage = await EpisodeStage.OpenAsync(
            pairs + Warmups + SandboxesAnEpisode, PolicyPlan.Empty, cancellationToken).ConfigureAwait(false);
        string ours = stage.Stage.Host.Cgroup2Root;
        List<Pair> cpu = [];
        async Task<double> OursAsync(int index)
        {
            await stage.WarmAsync(SandboxesAnEpisode, cancellationToken).ConfigureAwait(false);
            long start = Stopwatch.GetTimestamp();
            await stage.RunAsync(cancellationToken).ConfigureAwait(false);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Task<double> PeerAsync(int index) => Task.FromResult(peer.Run(EpisodeStage.Commands));

        await Comparison.AlternateAsync(Warmups, OursAsync, PeerAsync).ConfigureAwait(false);
        double sandboxes = 0, runc = 0;
        IReadOnlyList<Pair> wall = await Comparison.AlternateAsync(
            pairs,
            async index =>
            {
                double before = cgroup.CpuMilliseconds(ours), time = await OursAsync(index).ConfigureAwait(false);
                // The pool's refill belongs to what an episode costs.
                await stage.WarmAsync(SandboxesAnEpisode, cancellationToken).ConfigureAwait(false);
                sandboxes = cgroup.CpuMilliseconds(ours) - before;
                Note(cpu, index, sandboxes, runc, last: index % 2 == 1);
                return time;
            },
            async index =>
            {
                double before = cgroup.CpuMilliseconds(), time = await PeerAsync(index).ConfigureAwait(false);
                runc = cgroup.CpuMilliseconds() - before;
                Note(cpu, index, sandboxes, runc, last: index % 2 == 0);
                return time;
            }).ConfigureAwait(false);
        foreach (string line in EpisodePhases.Read(stage.Stage.Folder.Timeline))
        {
            settings.Say(line);
        }

        yield return Comparison.Of("overhead", "ms", Better.Lower, RuncPeer.Name, wall, load);
        yield return Comparison.Of("overhead/cpu", "ms of processor", Better.Lower, RuncPeer.Name, cpu, load);
    }

    private static void Note(List<Pair> cpu, int index, double ours, double peer, bool last)
    {
        if (last)
        {
            cpu.Add(new Pair(ours, peer));
        }
    }
}
