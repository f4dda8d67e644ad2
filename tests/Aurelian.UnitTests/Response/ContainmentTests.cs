using Aurelian.Events;
using Aurelian.Response;
using Microsoft.Extensions.Time.Testing;

namespace Aurelian.UnitTests.Response;

public sealed class ContainmentTests
{
    private static readonly ContainmentAction[] Order =
    [
        ContainmentAction.Cut, ContainmentAction.Freeze, ContainmentAction.Capture, ContainmentAction.DestroySockets,
        ContainmentAction.Snapshot, ContainmentAction.Kill,
    ];

    [Fact]
    public async Task The_gate_closes_before_anything_freezes_and_every_step_has_a_receipt()
    {
        List<ContainmentReceipt> receipts = await RunAsync(new Hands());

        Assert.Equal(Order, receipts.Select(receipt => receipt.Action));
        Assert.All(receipts, receipt => Assert.True(receipt.Ok));
        Assert.Equal(receipts.Select(receipt => receipt.AtNs).Order(), receipts.Select(receipt => receipt.AtNs));
    }

    [Theory]
    [InlineData(ContainmentAction.Cut)]
    [InlineData(ContainmentAction.Freeze)]
    [InlineData(ContainmentAction.Snapshot)]
    public async Task A_step_that_fails_says_so_and_stops_no_other(ContainmentAction failing)
    {
        List<ContainmentReceipt> receipts = await RunAsync(new Hands { Failing = failing });

        Assert.Equal(Order, receipts.Select(receipt => receipt.Action));
        Assert.Equal(failing, Assert.Single(receipts, receipt => !receipt.Ok).Action);
    }

    [Fact]
    public async Task A_step_that_hangs_is_left_after_its_deadline()
    {
        FakeTimeProvider time = new();
        List<ContainmentReceipt> receipts = [];
        Task running = Containment.RunAsync(
            new Hands { Hanging = ContainmentAction.Freeze }, receipts.Add, time);

        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.False(receipts.Single(receipt => receipt.Action == ContainmentAction.Freeze).Ok);
        Assert.True(receipts.Single(receipt => receipt.Action == ContainmentAction.Kill).Ok);
    }

    private static async Task<List<ContainmentReceipt>> RunAsync(Hands hands)
    {
        List<ContainmentReceipt> receipts = [];
        await Containment.RunAsync(hands, receipts.Add, TimeProvider.System);
        return receipts;
    }

    private sealed class Hands : IContainmentActuator
    {
        public ContainmentAction? Failing { get; init; }

        public ContainmentAction? Hanging { get; init; }

        public Task<string> CutAsync(CancellationToken cancellationToken) => Do(ContainmentAction.Cut);

        public Task<string> FreezeAsync(CancellationToken cancellationToken) => Do(ContainmentAction.Freeze);

        public Task<string> CaptureAsync(CancellationToken cancellationToken) => Do(ContainmentAction.Capture);

        public Task<string> DestroySocketsAsync(CancellationToken cancellationToken) =>
            Do(ContainmentAction.DestroySockets);

        public Task<string> SnapshotAsync(CancellationToken cancellationToken) => Do(ContainmentAction.Snapshot);

        public Task<string> KillAsync(CancellationToken cancellationToken) => Do(ContainmentAction.Kill);

        private Task<string> Do(ContainmentAction action) => action == Hanging ? new TaskCompletionSource<string>().Task
            : action == Failing ? Task.FromException<string>(new IOException("no"))
            : Task.FromResult("done");
    }
}
