using Aurelian.Sandbox;

namespace Aurelian.UnitTests.Sandbox;

public sealed class HandoffTests
{
    [Fact]
    public void What_was_put_in_comes_out_in_its_order_and_not_more_than_fits()
    {
        Handoff<int> handoff = new(waitingMax: 5);
        int[] taken = new int[3];

        Assert.True(handoff.TryAdd(1));
        Assert.Equal(4, handoff.AddAll([2, 3, 4, 5, 6]));
        Assert.False(handoff.TryAdd(7));
        Assert.Equal(0, handoff.AddAll([7, 8]));

        Assert.Equal(3, handoff.Take(taken));
        Assert.Equal([1, 2, 3], taken);
        Assert.Equal(2, handoff.Take(taken));
        Assert.Equal([4, 5], taken[..2]);
        Assert.True(handoff.TryAdd(9));
    }

    [Fact]
    public void A_marker_passes_a_full_queue_and_ends_the_lingering()
    {
        Handoff<string> handoff = new(waitingMax: 1);
        handoff.TryAdd("one");
        handoff.AddMarker("marker");
        string[] taken = new string[4];

        Assert.Equal(2, handoff.Take(taken, TimeSpan.FromDays(1)));
        Assert.Equal(["one", "marker"], taken[..2]);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_next_thing_that_comes()
    {
        Handoff<int> handoff = new(waitingMax: 8);
        Task<int> waiting = Task.Run(() => handoff.Take(new int[8]), TestContext.Current.CancellationToken);

        handoff.TryAdd(1);

        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task What_waits_when_it_closes_is_still_taken_and_nothing_comes_after()
    {
        Handoff<int> handoff = new(waitingMax: 8);
        handoff.TryAdd(1);
        handoff.Close();

        Assert.False(handoff.TryAdd(2));
        Assert.Equal(0, handoff.AddAll([2]));
        Assert.Throws<ObjectDisposedException>(() => handoff.AddMarker(2));
        Assert.Equal(1, handoff.Take(new int[8], TimeSpan.FromDays(1)));
        Assert.Equal(0, await Task.Run(() => handoff.Take(new int[8]), TestContext.Current.CancellationToken));
    }
}
