using System.Runtime.CompilerServices;
using Aurelian.Detection;
using Aurelian.Events;

namespace Aurelian.Bench;

/// <summary>What an event costs under ten thousand Sigma rules against a hundred, in processor time.</summary>
internal sealed class SigmaBenchmark : IBenchmark
{
    private const int Pairs = 15, Few = 100, Many = 10_000, Kinds = 5_000, Rounds = 40;

    public string Name => "sigma";

    public string What => "an event under 10,000 Sigma rules against 100";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double load = LoadAverage.Now;
        Event[] events = [.. SampleRules.Events(Kinds)];
        SigmaDetector few = Detector(Few, out _);
        TimeSpan start = Environment.CpuUsage.TotalTime;
        SigmaDetector many = Detector(Many, out long bytes);
        double seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        Time(few, events);
        Time(many, events);
        IReadOnlyList<Pair> pairs = await Comparison.AlternateAsync(
            settings.Pairs ?? Pairs,
            _ =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Task.FromResult(Time(many, events));
            },
            _ => Task.FromResult(Time(few, events))).ConfigureAwait(false);
        yield return Comparison.Of("sigma/event", "ns of processor", Better.Lower, $"{Few} rules", pairs, load);
        yield return Comparison.Alone("sigma/load", $"s of processor for {Many} rules", seconds, 1, load);
        yield return Comparison.Alone("sigma/memory", $"MB for {Many} rules", bytes / 1e6, 1, load);
    }

    private static SigmaDetector Detector(int rules, out long bytes)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        SigmaDetector detector = new(SigmaRules.Read(Enumerable.Range(0, rules).Select(number => new SigmaFile(
            $"{number}.yml", SampleRules.Rule(number), SigmaTrust.Suspects))));
        bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return detector;
    }

    /// <summary>Nanoseconds an event, of this process's processor time.</summary>
    private static double Time(SigmaDetector detector, Event[] events)
    {
        List<Finding> findings = [];
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Event occurred in events)
            {
                detector.Observe(occurred, findings);
            }
        }

        return (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / Rounds / events.Length;
    }
}
