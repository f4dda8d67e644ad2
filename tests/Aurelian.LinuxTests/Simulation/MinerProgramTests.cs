using Aurelian.Simulation;

namespace Aurelian.LinuxTests.Simulation;

/// <summary>The stand-in miner really speaks to a pool, so that a detector sees the true dialogue.</summary>
public sealed class MinerProgramTests(InternetFixture fixture) : IClassFixture<InternetFixture>
{
    [Theory]
    [InlineData("203.0.113.10", "3333", "stratum", "--shares=3")]
    [InlineData("203.0.113.10", "443", "stratum", "--spaced")]
    [InlineData("203.0.113.10", "3333", "stratum", "--slowly")]
    [InlineData("203.0.113.10", "3333", "stratum", "--shares=20")]
    [InlineData("203.0.113.11", "14444", "xmr", "--shares=20")]
    [InlineData("203.0.113.11", "3333", "xmr", "--spaced")]
    public async Task Its_shares_are_accepted_and_in_the_ledger(
        string address, string port, string dialect, string option)
    {
        string worker = $"wallet.{dialect}{option}{port}";

        ProgramResult result = await fixture.RunAsync(
            Programs.Find("miner_stratum.py"), address, port, "--dialect", dialect, "--worker", worker, option);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        ShareAccount account = Assert.Single(fixture.Internet.Ledger.Read(), account => account.Worker == worker);
        Assert.Equal($"accepted {account.Accepted}\n", result.Output);
        // A new job is pushed while a share of the old one is on its way: that one comes too late.
        Assert.InRange(account.Rejected, 0, account.Accepted / 16);
    }

    [Theory]
    [InlineData("eth", "eth_submitLogin")]
    [InlineData("getwork", "getwork")]
    public async Task Dialects_that_the_pool_does_not_serve_are_spoken_all_the_same(string dialect, string method)
    {
        ProgramResult result = await fixture.RunAsync(
            "sh", "-c", """python3 "$2" & sleep 0.3; "$1" 127.0.0.1 9099 --dialect "$3" 2>/dev/null; wait""",
            "sh", Programs.Find("miner_stratum.py"), Programs.Find("listen_once.py"), dialect);

        Assert.Contains($"\"method\": \"{method}\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_look_alike_gets_no_account()
    {
        int before = fixture.Internet.Ledger.Read().Count;

        ProgramResult result = await fixture.RunAsync(Programs.Find("json_rpc_client.py"), "203.0.113.10", "3333");

        Assert.StartsWith("answered", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, fixture.Internet.Ledger.Read().Count);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("socket")]
    [InlineData("tcp")]
    [InlineData("file")]
    public async Task A_daemon_left_behind_acts_when_it_is_triggered(string way)
    {
        string folder = Directory.CreateTempSubdirectory($"aurelian-{Environment.ProcessId}-daemon").FullName;
        try
        {
            string program = Programs.Find("daemon_left.py");
            ServiceTraffic before = Pool();
            ProgramResult first = await fixture.RunAsync(program, "wait", way, folder, "203.0.113.10", "3333");
            Assert.Equal(("waiting\n", ""), (first.Output, first.Error));
            Assert.Equal(before, Pool());

            ProgramResult second = await fixture.RunAsync(program, "trigger", way, folder);
            Assert.Equal(("triggered\n", ""), (second.Output, second.Error));

            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
            while (Pool().BytesReceived == before.BytesReceived)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private ServiceTraffic Pool() =>
        fixture.Internet.Traffic.First(traffic => traffic.Service == "pool" && traffic.Endpoint.Port == 3333);
}
