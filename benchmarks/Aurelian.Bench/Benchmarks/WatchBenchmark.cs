using System.Diagnostics;
using System.Runtime.CompilerServices;
using Aurelian.Detection;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Sandbox;
using Aurelian.Sensors;
using Aurelian.Store;

namespace Aurelian.Bench;

/// <summary>
/// What watching costs a job: the same job in the same sandbox with the sensors on (detection and store behind them)
/// and off, in alternating pairs.
/// </summary>
internal sealed class WatchBenchmark : IBenchmark
{
    private const int Pairs = 30;

    /// <summary>As make -j2 does it: 1,250 targets of four processes each, every one with work and an output.</summary>
    private const string Forks = """
        seq 1 300 >/tmp/in
        one() {
            for i in $(seq 625); do
                sh -c 'sed s/1/2/ /tmp/in | sort -n | md5sum >"$1"' sh "/tmp/out$1.$((i % 50))"
            done
        }
        one a & one b & wait
        """;

    private const string Syscalls = """
        dd if=/dev/zero of=/dev/null bs=1 count=1500000 2>/dev/null
        find /usr/share /usr/lib -name nothing 2>/dev/null || :
        """;

    private int _calls;

    public string Name => "watch";

    public string What => "a job with the sensors on against off";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using TempFolder folder = new("watch");
        CgroupDirectory directory = new();
        using TimelineRecorder recorder = new(
            TimelineWriter.Create(Path.Combine(folder.Path, "timeline.db"), durable: false),
            failure => throw new InvalidOperationException("The timeline failed.", failure));
        await using Sequencer sink = new(
            new RunId("watch"), new SteadyTime(TimeProvider.System),
            [
                recorder, new DetectionReader(DetectorSet.Standard()),
                new Episodes.RecordReader(new RunRecord(), new VerdictJudge()),
            ]);
        await using SandboxHost host = SandboxHost.Start(
            new SandboxHostConfig { NativeFolder = NativeFolder.Find() }, directory, sink, TimeProvider.System);
        EpisodeId episode = new("watch");
        Subject subject = new(Episode: episode);
        await using ISandbox sandbox = await host.CreateAsync(
            new SandboxSpec { Id = new SandboxId("watch") }, subject, cancellationToken).ConfigureAwait(false);
        long dropped = 0;
        foreach ((string name, string job) in new[] { ("forks", Forks), ("syscalls", Syscalls) })
        {
            double load = LoadAverage.Now, own = 0;
            long events = 0;
            List<double> cpuOn = [], cpuOff = [];
            async Task<double> OnAsync(int _)
            {
                using KernelSensor kernel = KernelSensor.Start(
                    NativeFolder.Find(), host.Cgroup2Root, directory, sink, TimeProvider.System);
                using FileSensor files = new(new ProcessCalls(host.Cgroup2Root, directory, kernel.BornIn), sink);
                files.Watch(sandbox, subject);
                TimeSpan before = Environment.CpuUsage.TotalTime;
                (double seconds, double inside) = await JobAsync(sandbox, episode, job, cancellationToken)
                    .ConfigureAwait(false);
                await kernel.DrainAsync(cancellationToken).ConfigureAwait(false);
                await files.DrainAsync(cancellationToken).ConfigureAwait(false);
                await sink.DrainAsync(cancellationToken).ConfigureAwait(false);
                await recorder.FlushAsync(cancellationToken).ConfigureAwait(false);
                double ours = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
                cpuOn.Add(inside + ours);
                IReadOnlyList<SourceCoverage> sources = [.. kernel.Coverage, .. files.Coverage];
                (own, events) = (own + ours, events + sources.Sum(source => source.Received));
                dropped += sources.Sum(source => source.Dropped);
                return seconds;
            }

            async Task<double> OffAsync(int _)
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                (double seconds, double inside) = await JobAsync(sandbox, episode, job, cancellationToken)
                    .ConfigureAwait(false);
                cpuOff.Add(inside + (Environment.CpuUsage.TotalTime - before).TotalSeconds);
                return seconds;
            }

            await Comparison.AlternateAsync(1, OnAsync, OffAsync).ConfigureAwait(false);
            cpuOn.Clear();
            cpuOff.Clear();
            (own, events) = (0, 0);
            IReadOnlyList<Pair> wall = await Comparison.AlternateAsync(settings.Pairs ?? Pairs, OnAsync, OffAsync)
                .ConfigureAwait(false);
            yield return Comparison.Of($"watch/{name}", "s", Better.Lower, "sensors off", wall, load);
            yield return Comparison.Of(
                $"watch/{name}/cpu", "s of processor, ours included", Better.Lower, "sensors off",
                [.. cpuOn.Zip(cpuOff, (on, off) => new Pair(on, off))], load);
            settings.Say(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"  {name}: {events} events, {own * 1e6 / Math.Max(1, events):0.0} µs of our process an event"));
        }

        yield return Comparison.Alone("watch/dropped", "events", dropped, settings.Pairs ?? Pairs, LoadAverage.Now);
    }

    /// <summary>Seconds it took, and seconds of processor inside the sandbox.</summary>
    private async Task<(double Wall, double Cpu)> JobAsync(
        ISandbox sandbox, EpisodeId episode, string job, CancellationToken cancellationToken)
    {
        ExecRequest request = new()
        {
            Call = ToolCallId.Numbered(episode, Interlocked.Increment(ref _calls)),
            Arguments = ["bash", "-c", job],
            Timeout = TimeSpan.FromMinutes(5),
        };
        long start = Stopwatch.GetTimestamp();
        ExecResult result = await sandbox.ExecAsync(request, cancellationToken).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return result.ExitCode == 0
            ? (seconds, result.CpuSeconds)
            : throw new InvalidOperationException($"The job failed ({result.ExitCode}, timed out: {result.TimedOut}).");
    }
}
