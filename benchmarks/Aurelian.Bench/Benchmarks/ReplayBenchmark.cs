using System.Diagnostics;
using System.Runtime.CompilerServices;
using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <summary>
/// A capture of a gigabyte through the detectors, beside nDPI on the same file, each on one core; logs in JSON by the
/// minute; and the most memory that it took.
/// </summary>
/// <remarks>By processor time, which a busy machine does not stretch as it does the clock's.</remarks>
internal sealed class ReplayBenchmark : IBenchmark
{
    private const int Pairs = 3;
    private const long CaptureBytes = 1L << 30, LogBytes = 256L << 20;
    private const string Core = "0";

    public string Name => "replay";

    public string What => "captures and logs through the detectors, and nDPI on the same capture";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string root = Path.GetDirectoryName(Path.GetDirectoryName(NativeFolder.Find())!)!;
        string corpus = Path.Combine(root, "..", "shared", "corpus");
        string program = Path.Combine(root, "artifacts/bin/Aurelian.Cli/release/aurelian");
        if (!Directory.Exists(corpus) || !File.Exists(program))
        {
            settings.Say($"replay: skipped, for there is no {(File.Exists(program) ? corpus : program)}");
            yield break;
        }

        double load = LoadAverage.Now;
        string folder = Directory.CreateTempSubdirectory("aurelian-bench-replay-").FullName;
        try
        {
            string capture = Path.Combine(folder, "grown.pcap");
            long bytes = GrownFile.Capture(
                Directory.GetFiles(Path.Combine(corpus, "pcap")).Order(StringComparer.Ordinal), capture, CaptureBytes);
            long memory = 0;
            async Task<double> Ours(int _)
            {
                (TimeSpan time, long most) = await TimeAsync(
                    new ProcessStartInfo(program) { ArgumentList = { "replay", capture, "--format", "json" } },
                    cancellationToken).ConfigureAwait(false);
                memory = Math.Max(memory, most);
                return bytes / 1e6 / time.TotalSeconds;
            }

            if (NdpiPeer.Command(capture) is null)
            {
                settings.Say("replay: ndpiReader is absent (eng/bench-peers unpacks it); ours alone");
                yield return Comparison.Alone("replay/pcap", "MB/s", await Ours(0).ConfigureAwait(false), 1, load);
            }
            else
            {
                yield return Comparison.Of("replay/pcap", "MB/s", Better.Higher, NdpiPeer.Name,
                    await Comparison.AlternateAsync(settings.Pairs ?? Pairs, Ours, async _ =>
                    {
                        (TimeSpan time, long _) = await TimeAsync(NdpiPeer.Command(capture)!, cancellationToken)
                            .ConfigureAwait(false);
                        return bytes / 1e6 / time.TotalSeconds;
                    }).ConfigureAwait(false), load);
            }

            yield return Comparison.Alone("replay/pcap/memory", "MB", memory / 1e6, 1, load);
            File.Delete(capture);
            foreach ((string name, string file) in new[] { ("eve", "suricata-eve.json"), ("zeek", "zeek-conn.log") })
            {
                string log = Path.Combine(folder, file);
                long length = GrownFile.Lines(Path.Combine(corpus, "logs", file), log, LogBytes);
                (TimeSpan time, long most) = await TimeAsync(
                    new ProcessStartInfo(program) { ArgumentList = { "replay", log, "--format", "json" } },
                    cancellationToken).ConfigureAwait(false);
                File.Delete(log);
                yield return Comparison.Alone(
                    $"replay/{name}", "GB/min", length / 1e9 / time.TotalMinutes, 1, load);
                yield return Comparison.Alone($"replay/{name}/memory", "MB", most / 1e6, 1, load);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs a program on one core; its processor time, and the most memory it had.</summary>
    private static async Task<(TimeSpan Time, long Memory)> TimeAsync(
        ProcessStartInfo command, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new("taskset");
        foreach (string word in new[] { "-c", Core, command.FileName }.Concat(command.ArgumentList))
        {
            start.ArgumentList.Add(word);
        }

        foreach ((string name, string? value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        (_, TimeSpan processor, long memory) = await MeasuredProgram.RunAsync(start, cancellationToken)
            .ConfigureAwait(false);
        return (processor, memory);
    }
}
