using System.Diagnostics;
using System.Runtime.CompilerServices;
using Aurelian.Events;
using Aurelian.Store;

namespace Aurelian.Bench;

/// <summary>
/// Events a second to disk and back; with <c>--long</c> a timeline of ten million events, opened and asked.
/// </summary>
internal sealed class StoreBenchmark : IBenchmark
{
    private const int Rounds = 5, Events = 200_000, BatchSize = 4096;
    private const long Many = 10_000_000;

    public string Name => "store";

    public string What => "events a second to disk and back";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double load = LoadAverage.Now;
        string folder = Directory.CreateTempSubdirectory("aurelian-bench-store-").FullName;
        try
        {
            List<double> written = [], read = [];
            for (int round = 0; round < (settings.Pairs ?? Rounds); round++)
            {
                await Task.Yield();
                string file = Path.Combine(folder, $"{round}.db");
                written.Add(Events / Write(file, Events, cancellationToken).TotalSeconds);
                read.Add(Events / Read(file, 1).TotalSeconds);
                File.Delete(file);
            }

            yield return Comparison.Alone(
                "store/write", "events/s", Comparison.Median(written), written.Count, load);
            yield return Comparison.Alone("store/read", "events/s", Comparison.Median(read), read.Count, load);
            if (settings.Long)
            {
                string file = Path.Combine(folder, "many.db");
                yield return Comparison.Alone(
                    "store/many/write", "events/s", Many / Write(file, Many, cancellationToken).TotalSeconds, 1, load);
                // The last thousand, by place: what a page of a report asks for.
                yield return Comparison.Alone(
                    "store/many/page", "ms", Read(file, Many - 1000).TotalMilliseconds, 1, load);
                yield return Comparison.Alone(
                    "store/many/read", "events/s", Many / Read(file, 1).TotalSeconds, 1, load);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TimeSpan Write(string file, long count, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using TimelineWriter writer = TimelineWriter.Create(file, durable: false);
        List<Event> batch = new(BatchSize);
        for (long seq = 1; seq <= count; seq++)
        {
            batch.Add(SampleEvents.At(seq));
            if (batch.Count == BatchSize || seq == count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                writer.Append(batch);
                batch.Clear();
            }
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Read(string file, long from)
    {
        long start = Stopwatch.GetTimestamp();
        using TimelineReader reader = TimelineReader.Open(file);
        long last = reader.Read(from).Aggregate(0L, (_, each) => each.Seq);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        return last > from ? elapsed : throw new InvalidOperationException("The timeline lacks its last event.");
    }
}
