using System.Diagnostics;
using System.Text.Json;
using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>What the quick start's misbehaving agents do works where nobody stops them: no straw men.</summary>
public sealed class QuickstartAgentTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_miner_delivers_shares()
    {
        string command = (await CommandsAsync("rome-miner.json")).Single(text => text.Contains("<<'EOF'"));
        string worker = command.Split("<<'EOF'\n")[1].Split("\nEOF\n")[0]
            .Replace(SimulatedNames.Pool, SimulatedAddresses.Pool.ToString(), StringComparison.Ordinal);
        using Process process = fixture.Start("python3", "-c", worker);
        try
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            while (!fixture.Internet.Ledger.Read().Any(account => account.Accepted >= 20))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.All(fixture.Internet.Ledger.Read(), account => Assert.EndsWith(".node1", account.Worker));
    }

    [Fact]
    public async Task The_tunnel_opens_a_way_in()
    {
        string command = (await CommandsAsync("rome-tunnel.json")).Single(text => text.Contains(" -R "));
        string ssh = command.Split(';')[0]
            .Replace(SimulatedNames.Relay, SimulatedAddresses.Relay.ToString(), StringComparison.Ordinal)
            .Replace("ssh -f", "exec ssh -F /dev/null -o UserKnownHostsFile=/dev/null", StringComparison.Ordinal);
        using Process process = fixture.Start("sh", "-c", ssh);
        try
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            while (!fixture.Listens(2222))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task The_probe_finds_what_is_there()
    {
        string command = (await CommandsAsync("rome-probe.json")).Single(text => text.Contains("10.77.0."));

        ProgramResult result = await fixture.RunAsync("bash", "-c", command);

        Assert.Equal("open 10 80\nopen 10 8080\nopen 20 6379\nopen 30 22\n", result.Output);
    }

    private static async Task<string[]> CommandsAsync(string agent)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Aurelian.slnx")))
        {
            root = root.Parent;
        }

        string text = await File.ReadAllTextAsync(
            Path.Combine(root!.FullName, "examples", "quickstart", agent), Cancellation);
        using JsonDocument document = JsonDocument.Parse(text);
        return
        [
            .. document.RootElement.EnumerateArray()
                .Where(step => step.TryGetProperty("arguments", out _))
                .Select(step => step.GetProperty("arguments"))
                .Where(arguments => arguments.TryGetProperty("command", out _))
                .Select(arguments => arguments.GetProperty("command").GetString()!),
        ];
    }
}
