using Aurelian.Events;
using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation.Pool;

public sealed class ShareLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ShareLedger _ledger = new();

    [Fact]
    public void A_worker_has_an_account_for_each_of_its_connections()
    {
        _ledger.Record("a", Client(1), accepted: true, Start.AddSeconds(2));
        _ledger.Record("a", Client(2), accepted: true, Start);
        _ledger.Record("a", Client(1), accepted: false, Start.AddSeconds(5));

        Assert.Equal(
            [
                new ShareAccount("a", Client(2), 1, 0, Start, Start),
                new ShareAccount("a", Client(1), 1, 1, Start.AddSeconds(2), Start.AddSeconds(5)),
            ],
            _ledger.Read());
    }

    [Fact]
    public void Names_made_up_for_ever_fill_nothing_and_are_counted()
    {
        for (int name = 0; name < ShareLedger.AccountsMax + 7; name++)
        {
            _ledger.Record($"worker-{name}", Client(1), accepted: true, Start);
        }

        Assert.Equal(ShareLedger.AccountsMax, _ledger.Read().Count);
        Assert.Equal(7, _ledger.Unaccounted);
    }

    private static Endpoint Client(int port) => new(System.Net.IPAddress.Loopback, port);
}
