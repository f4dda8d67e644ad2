using System.Runtime.CompilerServices;

namespace Aurelian.Bench;

/// <summary>
/// Training and generation in tokens a second, against the same model in plain PyTorch (Debian's python3-torch): the
/// same weights, tokens, threads and work, alternating. Both say a check sum (loss, ids), which must agree.
/// </summary>
internal sealed class ModelBenchmark : IBenchmark
{
    private const int Pairs = 7;

    /// <summary>Losses after the same steps agree to this.</summary>
    private const double LossTolerance = 1e-3;

    public string Name => "model";

    public string What => "training and generation of Qwen3-MoE, tokens a second";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string size in new[] { "small", "medium" })
        {
            using TempFolder folder = new("model");
            ModelProgram.Make(size, folder.Path);
            using ModelProgram ours = ModelProgram.StartOurs(folder.Path, Environment.ProcessorCount);
            using ModelProgram? peer = ModelProgram.StartPeer(folder.Path, Environment.ProcessorCount);
            if (peer is null)
            {
                settings.Say("python3-torch is absent (eng/bench-peers unpacks it below artifacts/): no peer");
            }

            foreach ((string name, string command) in Work(size))
            {
                double load = LoadAverage.Now;
                ours.Do(command);
                if (peer is null)
                {
                    yield return Comparison.Alone(
                        $"model/{size}/{name}", "tokens/s", ours.Do(command).PerSecond, 1, load);
                    continue;
                }

                peer.Do(command);
                (List<Pair> wall, List<Pair> cpu) = await CompareAsync(
                    settings.Pairs ?? Pairs, ours, peer, command, name == "train").ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                yield return Comparison.Of(
                    $"model/{size}/{name}", "tokens/s", Better.Higher, ModelProgram.PeerName, wall, load);
                yield return Comparison.Of(
                    $"model/{size}/{name}/cpu", "tokens/s of processor", Better.Higher, ModelProgram.PeerName, cpu,
                    load);
            }
        }
    }

    /// <summary>Steps on rows of a length; rows, letters of the prompt and new tokens.</summary>
    private static IEnumerable<(string Name, string Command)> Work(string size) =>
    [
        ("train", size == "small" ? "train 3 8 256" : "train 1 8 256"),
        ("generate", "generate 16 64 64"),
    ];

    private static async Task<(List<Pair> Wall, List<Pair> Cpu)> CompareAsync(
        int pairs, ModelProgram ours, ModelProgram peer, string command, bool loss)
    {
        List<(ModelAnswer Ours, ModelAnswer Peer)> answers = [];
        ModelAnswer mine = default, theirs = default;
        await Comparison.AlternateAsync(
            pairs,
            index =>
            {
                mine = ours.Do(command);
                Note(index % 2 == 1);
                return Task.FromResult(mine.PerSecond);
            },
            index =>
            {
                theirs = peer.Do(command);
                Note(index % 2 == 0);
                return Task.FromResult(theirs.PerSecond);
            }).ConfigureAwait(false);
        return (
            [.. answers.Select(pair => new Pair(pair.Ours.PerSecond, pair.Peer.PerSecond))],
            [.. answers.Select(pair => new Pair(pair.Ours.PerProcessorSecond, pair.Peer.PerProcessorSecond))]);

        void Note(bool last)
        {
            if (!last)
            {
                return;
            }

            if (Math.Abs(mine.Check - theirs.Check) > (loss ? LossTolerance * Math.Abs(theirs.Check) : 0))
            {
                throw new InvalidOperationException(
                    $"'{command}' gave {mine.Check} here and {theirs.Check} there: they do not do the same work");
            }

            answers.Add((mine, theirs));
        }
    }
}
