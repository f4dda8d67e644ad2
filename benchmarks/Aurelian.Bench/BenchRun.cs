using Aurelian.Sandbox;

namespace Aurelian.Bench;

/// <param name="Long">Also what takes minutes.</param>
/// <param name="Pairs">Null: each benchmark's own number.</param>
internal sealed record BenchSettings(bool Long, int? Pairs, Action<string> Say);

/// <summary>Runs the benchmarks that were asked for, one after another, and shows what they measured.</summary>
internal static class BenchRun
{
    internal const int Done = 0, Broken = 1, BadInput = 2;

    private static readonly IBenchmark[] All =
    [
        new OverheadBenchmark(), new RateBenchmark(), new ContainBenchmark(), new WatchBenchmark(),
        new EgressBenchmark(), new IdleBenchmark(), new StoreBenchmark(),
        new ReplayBenchmark(), new SigmaBenchmark(), new InvestigateBenchmark(), new ModelBenchmark(),
        new TrainingBenchmark(),
    ];

    internal static async Task<int> ExecuteAsync(
        string[] names, bool list, bool json, BenchSettings settings, CancellationToken cancellationToken)
    {
        if (list)
        {
            foreach (IBenchmark each in All)
            {
                Console.Out.WriteLine($"{each.Name,-13}{each.What}");
            }

            return Done;
        }

        string[] unknown = [.. names.Where(name => !All.Any(each => each.Name == name))];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine(
                $"No benchmark '{unknown[0]}'. There are: {string.Join(", ", All.Select(each => each.Name))}.");
            return BadInput;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("Benchmarks start real sandboxes and need root.");
            return Broken;
        }

        List<BenchResult> results = [];
        bool broken = false;
        foreach (IBenchmark each in names.Length == 0 ? All : All.Where(each => names.Contains(each.Name)))
        {
            broken |= !await RunAsync(each, json, settings, results, cancellationToken).ConfigureAwait(false);
        }

        // The lines are for programs and go to standard output; the table is for people.
        ResultTable.Write(results, json ? Console.Error : Console.Out);
        return broken ? Broken : Done;
    }

    private static async Task<bool> RunAsync(
        IBenchmark benchmark, bool json, BenchSettings settings, List<BenchResult> results,
        CancellationToken cancellationToken)
    {
        settings.Say($"{benchmark.Name}: {benchmark.What} (load {LoadAverage.Now:0.0})");
        try
        {
            await foreach (BenchResult result in benchmark.RunAsync(settings, cancellationToken).ConfigureAwait(false))
            {
                results.Add(result);
                if (json)
                {
                    Console.Out.WriteLine(result.ToJson());
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is SandboxException or IOException or InvalidOperationException
            or System.Net.Sockets.SocketException or Firewall.FirewallException or Store.StoreException
            or Sensors.SensorException)
        {
            settings.Say($"{benchmark.Name} broke: {exception.Message}");
            return false;
        }
    }
}
