using System.Diagnostics;
using Aurelian.Sandbox;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>Nothing of the simulated internet outlives it.</summary>
public sealed class SimulationEndTests
{
    private const string ListeningState = "0A";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Disposing_ends_every_process_and_every_listener()
    {
        using NetworkNamespace space = NetworkNamespace.Create("test-end");
        NamespacePlace place = new(space);
        SimulatedInternet internet = await StartAsync(place);
        int[] processes = Family(internet.RelayProcessId!.Value);
        Assert.True(processes.Length >= 3, "unshare, its shell and dropbear");

        await internet.DisposeAsync();

        Assert.All(processes, pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"process {pid} lives on"));
        Assert.DoesNotContain(
            space.Run(() => File.ReadAllLines("/proc/thread-self/net/tcp")).Skip(1),
            line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] == ListeningState);
    }

    [Fact]
    public async Task The_same_namespace_carries_a_second_one_after_the_first()
    {
        using NetworkNamespace space = NetworkNamespace.Create("test-again");
        NamespacePlace place = new(space);
        await using (await StartAsync(place))
        {
        }

        await using SimulatedInternet second = await StartAsync(place);
        using System.Net.Sockets.Socket socket = (await second.ConnectAsync(
            SimulatedNames.Relay, SimulatedAddresses.Relay, 22, Cancellation))!;
        Assert.True(socket.Connected);
    }

    /// <summary>Its parent is a shell that is killed with -9, as Aurelian might be.</summary>
    [Fact]
    public async Task The_relay_dies_with_whoever_holds_its_pipe()
    {
        using NetworkNamespace space = NetworkNamespace.Create("test-lifeline");
        space.Run(() => Process.Start("ip", "link set lo up").WaitForExit());
        ProcessStartInfo start = new("bash")
        {
            ArgumentList =
            {
                "-c",
                // The holder keeps the pipe's only writing end; `exec sleep` never writes.
                """mkfifo "$2/pipe"; unshare --mount --pid --fork --kill-child=KILL -- sh -c "$1" relay """ +
                """-p 127.0.0.1:22 < "$2/pipe" & exec 3> "$2/pipe"; exec sleep 60""",
                "bash", RelayScript.Text,
            },
            RedirectStandardError = true,
        };
        string folder = Directory.CreateTempSubdirectory($"aurelian-{Environment.ProcessId}-relay").FullName;
        start.ArgumentList.Add(folder);
        using Process holder = space.Run(() => Process.Start(start)!);
        try
        {
            await UntilListeningAsync(holder);
            int[] relay = [.. Family(holder.Id).Where(pid => pid != holder.Id)];
            Assert.True(relay.Length >= 3);

            holder.Kill();

            await UntilGoneAsync(relay);
        }
        finally
        {
            holder.Kill(entireProcessTree: true);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<SimulatedInternet> StartAsync(NamespacePlace place) =>
        SimulatedInternet.StartAsync(new SimulationConfig(), place, TimeProvider.System, Cancellation);

    private static async Task UntilListeningAsync(Process process)
    {
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(Cancellation);
            Assert.NotNull(line);
        }
        while (!line.Contains(RelayScript.Listening, StringComparison.Ordinal));
    }

    private static async Task UntilGoneAsync(int[] processes)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        while (processes.Any(pid => Directory.Exists($"/proc/{pid}")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    private static int[] Family(int root)
    {
        List<int> family = [root];
        for (int index = 0; index < family.Count; index++)
        {
            string children = File.ReadAllText($"/proc/{family[index]}/task/{family[index]}/children");
            family.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        }

        return [.. family];
    }
}
