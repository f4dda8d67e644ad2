using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Aurelian.Bench;

/// <summary>
/// Bytes and connections through our proxy, against a router that only forwards and translates, and against HAProxy
/// that reads the same names. Client, server and both ways share the machine's cores.
/// </summary>
internal sealed class EgressBenchmark : IBenchmark
{
    private const int Pairs = 12, ClientThreads = 4, ConnectionsEach = 50;
    private const long Bytes = 128L << 20;
    private const string Router = "veth + nftables NAT";

    private static readonly byte[] Hello = ClientHelloBytes.For(EgressPlace.Host);

    private static readonly byte[] Records = ClientHelloBytes.Records(16);

    public string Name => "egress";

    public string What => "bytes and connections a second through the proxy";

    public async IAsyncEnumerable<BenchResult> RunAsync(
        BenchSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int pairs = settings.Pairs ?? Pairs;
        double load = LoadAverage.Now;
        CountingSink sink = new();
        await using EgressPlace place = new(Bytes, sink);
        using HaproxyPeer? haproxy = HaproxyPeer.Start(place);
        List<(string Name, Func<int, Socket> Connect)> peers = [(Router, place.Translated)];
        if (haproxy is null)
        {
            settings.Say("  HAProxy is absent (eng/bench-peers unpacks it)");
        }
        else
        {
            peers.Add((HaproxyPeer.Name, place.ByRouter));
        }

        foreach ((string name, Func<int, Socket> connect) in peers)
        {
            string suffix = name == Router ? "nat" : "haproxy";
            foreach ((string what, string unit, Func<Func<int, Socket>, double> measure) in
                new (string, string, Func<Func<int, Socket>, double>)[]
                {
                    ("up", "MB/s", Upload), ("down", "MB/s", Download), ("connections", "connections/s", Open),
                })
            {
                measure(place.Ours);
                measure(connect);
                IReadOnlyList<Pair> measured = await Comparison.AlternateAsync(
                    pairs, _ => Task.FromResult(measure(place.Ours)), _ => Task.FromResult(measure(connect)))
                    .ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                yield return Comparison.Of($"egress/{what}/{suffix}", unit, Better.Higher, name, measured, load);
            }
        }
    }

    private static double Upload(Func<int, Socket> connect)
    {
        using Socket socket = connect(EgressServer.Sink);
        long start = Stopwatch.GetTimestamp();
        socket.Send(Hello);
        for (long left = Bytes; left > 0; left -= Records.Length)
        {
            socket.Send(Records);
        }

        socket.Shutdown(SocketShutdown.Send);
        Expect(socket.Receive(new byte[16]) == 1);
        return Bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Download(Func<int, Socket> connect)
    {
        byte[] piece = new byte[EgressServer.PieceSize];
        using Socket socket = connect(EgressServer.Source);
        long start = Stopwatch.GetTimestamp(), got = 0;
        socket.Send(Hello);
        for (int read = socket.Receive(piece); read > 0; read = socket.Receive(piece))
        {
            got += read;
        }

        Expect(got == Bytes);
        return Bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Open(Func<int, Socket> connect)
    {
        long start = Stopwatch.GetTimestamp();
        Parallel.For(0, ClientThreads, _ =>
        {
            byte[] answer = new byte[16];
            for (int index = 0; index < ConnectionsEach; index++)
            {
                using Socket socket = connect(EgressServer.Word);
                socket.Send(Hello);
                Expect(socket.Receive(answer) == 1);
            }
        });
        return ClientThreads * ConnectionsEach / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("What went through is not what was sent.");
        }
    }
}
