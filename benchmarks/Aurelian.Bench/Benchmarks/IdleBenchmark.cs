using System.Diagnostics;
using System.Runtime.CompilerServices;
using Aurelian.Events;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// What two hundred sandboxes cost that nobody has yet, and whether the last is made as fast as the first.
/// </summary>
internal sealed class IdleBenchmark : IBenchmark
{
    private const int Sandboxes = 200, Edge = 20, IdleSeconds = 5;

    public string Name => "idle";

    public string What => "memory and processor time of idle sandboxes, and the time to make each";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double load = LoadAverage.Now;
        int count = Math.Max(2, settings.Pairs ?? Sandboxes), edge = Math.Min(Edge, count / 2);
        using BenchCgroup cgroup = new();
        using NetworkNamespace gateway = NetworkNamespace.Create("idle gateway");
        using NetworkSlotPool slots = NetworkSlotPool.Start(gateway, 1, count + 16);
        await using SandboxHost host = SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, new CgroupDirectory(), new CountingSink(),
            TimeProvider.System);
        List<double> made = [];
        // The first brings code and caches in; what each further one takes is the question.
        await MakeAsync(host, slots, 0, made, cancellationToken).ConfigureAwait(false);
        made.Clear();
        long ours = ResidentBytes();
        for (int index = 1; index <= count; index++)
        {
            await MakeAsync(host, slots, index, made, cancellationToken).ConfigureAwait(false);
        }

        double inside = Charged(host) / count, here = Math.Max(0, ResidentBytes() - ours) / (double)count;
        yield return Comparison.Alone("idle/memory", "MiB a sandbox", (inside + here) / (1 << 20), count, load);
        double before = cgroup.CpuMilliseconds(host.Cgroup2Root);
        await Task.Delay(TimeSpan.FromSeconds(IdleSeconds), cancellationToken).ConfigureAwait(false);
        yield return Comparison.Alone(
            "idle/cpu", "ms of processor a second, all", (cgroup.CpuMilliseconds(host.Cgroup2Root) - before)
                / IdleSeconds, count, load);
        IReadOnlyList<Pair> flat =
            [.. made.TakeLast(edge).Zip(made.Take(edge), (last, first) => new Pair(last, first))];
        yield return Comparison.Of("idle/creation", "ms", Better.Lower, $"the first {edge}", flat, load);
    }

    private static async Task MakeAsync(
        SandboxHost host, NetworkSlotPool slots, int index, List<double> made, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await host.CreateAsync(
            new SandboxSpec { Id = new SandboxId($"i{index}"), Slot = slots.Acquire() }, default, cancellationToken)
            .ConfigureAwait(false);
        made.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Anonymous, kernel and tmpfs memory; page cache of programs that all share is not a sandbox's.</summary>
    private static double Charged(SandboxHost host)
    {
        CgroupLayout layout = CgroupLayout.Probe();
        string folder = Path.Combine(layout.Controllers["memory"], host.Cgroups.Name);
        string[] sandboxes = Directory.GetDirectories(folder);
        return sandboxes.Sum(each => (double)(CgroupTree.ReadNumber(Path.Combine(each, "memory.usage_in_bytes"))
            ?? CgroupTree.ReadNumber(Path.Combine(each, "memory.current")) ?? 0));
    }

    /// <summary>Of this process, which has a thread for every slot.</summary>
    private static long ResidentBytes()
    {
        GC.Collect();
        return Process.GetCurrentProcess().WorkingSet64;
    }
}
