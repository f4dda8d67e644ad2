using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Aurelian.Episodes;
using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Response;

namespace Aurelian.Bench;

/// <summary>
/// From the stamp of the event that completes a rule to the gate closed and the sandbox frozen, with every core busy;
/// and what still leaves after the gate's receipt when all buffers are full.
/// </summary>
internal sealed class ContainBenchmark : IBenchmark
{
    private const int Episodes = 100, Cuts = 20, SettleMilliseconds = 300, RoundsMax = 100;
    private const long BytesFull = 1 << 18;

    private const string Mine = """
        exec 3<>/dev/tcp/pool.bench.example/3333
        printf '{"id":1,"method":"mining.subscribe","params":["x/1"]}\n' >&3
        printf '{"id":2,"method":"mining.authorize","params":["w","x"]}\n' >&3
        sleep 30
        """;

    public string Name => "contain";

    public string What => "from the event that completes a rule to cut and frozen, all cores busy";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double load = LoadAverage.Now;
        double[] after = await ContainAsync(settings.Pairs ?? Episodes, cancellationToken).ConfigureAwait(false);
        settings.Say($"  the first {after[0]:0.0} ms, the slowest {after.Max():0.0} ms");
        yield return Comparison.Alone("contain/p50", "ms", Comparison.Median(after), after.Length, load);
        yield return Comparison.Alone("contain/p99", "ms", Comparison.Quantile(after, 0.99), after.Length, load);
        long most = 0;
        int cuts = Math.Min(settings.Pairs ?? Cuts, Cuts);
        await using (EgressPlace place = new(0, new CountingSink()))
        {
            for (int index = 0; index < cuts; index++)
            {
                most = Math.Max(most, await CutAsync(place, cancellationToken).ConfigureAwait(false));
            }
        }

        yield return Comparison.Alone("contain/bytes after the receipt", "bytes", most, cuts, load);
    }

    private static async Task<double[]> ContainAsync(int count, CancellationToken cancellationToken)
    {
        Process[] busy = [.. Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))];
        try
        {
            await using EpisodeStage stage = await EpisodeStage.OpenAsync(
                count, PolicyPlan.Empty, cancellationToken).ConfigureAwait(false);
            for (int index = 0; index < count; index++)
            {
                await stage.RunAsync(["bash", "-c", Mine], cancellationToken).ConfigureAwait(false);
            }

            RunSummary summary = stage.Stage.Record.Build(stage.Stage.Folder.Path);
            double[] after = [.. summary.Incidents.Select(incident => incident.ContainedAfterMs).OfType<double>()];
            return after.Length == count
                ? after
                : throw new InvalidOperationException($"{after.Length} of {count} miners were contained.");
        }
        finally
        {
            foreach (Process each in busy)
            {
                each.Kill();
                await each.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                each.Dispose();
            }
        }
    }

    /// <summary>Bytes that reached the server after the gate's receipt.</summary>
    private static async Task<long> CutAsync(EgressPlace place, CancellationToken cancellationToken)
    {
        place.Admit();
        using Socket sender = place.Ours(EgressServer.Slow);
        sender.Send(ClientHelloBytes.For(EgressPlace.Host));
        StrongBox<long> sent = new();
        Thread sending = new(() => SendAll(sender, sent)) { IsBackground = true };
        sending.Start();
        await FullAsync(sent, cancellationToken).ConfigureAwait(false);
        Socket slowly = place.Server.Slowly ?? throw new InvalidOperationException("Nobody came to the server.");
        place.Gateway.Cut(place.Sandbox, "cut: measured");
        long atReceipt = Received(slowly);
        await Task.Delay(SettleMilliseconds, cancellationToken).ConfigureAwait(false);
        long later = Received(slowly);
        sending.Join();
        return later - atReceipt;
    }

    /// <summary>Until the sender has stood still for a while: everything between it and the server is full.</summary>
    private static async Task FullAsync(StrongBox<long> sent, CancellationToken cancellationToken)
    {
        for (int round = 0; round < RoundsMax; round++)
        {
            long before = Interlocked.Read(ref sent.Value);
            await Task.Delay(SettleMilliseconds, cancellationToken).ConfigureAwait(false);
            if (before > BytesFull && Interlocked.Read(ref sent.Value) == before)
            {
                return;
            }
        }

        throw new InvalidOperationException("The buffers were not full.");
    }

    /// <summary>struct tcp_info: tcpi_bytes_received stands at 128.</summary>
    private static long Received(Socket socket)
    {
        const int tcp = 6, information = 11, at = 128;
        Span<byte> bytes = stackalloc byte[256];
        bytes.Clear();
        socket.GetRawSocketOption(tcp, information, bytes);
        return BitConverter.ToInt64(bytes[at..]);
    }

    private static void SendAll(Socket sender, StrongBox<long> sent)
    {
        try
        {
            byte[] piece = ClientHelloBytes.Records(4);
            while (true)
            {
                Interlocked.Add(ref sent.Value, sender.Send(piece));
            }
        }
        catch (SocketException)
        {
            // Cut.
        }
    }
}
