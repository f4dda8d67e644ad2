using System.Net;
using Aurelian.Events;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>An allowed name whose owner answers with addresses inside: what the host's own upstream dials.</summary>
[Collection(EgressCollection.Name)]
public sealed class RebindingAttackTests(EgressFixture fixture)
{
    [Theory]
    [InlineData("private")]
    [InlineData("metadata")]
    [InlineData("shared")]
    [InlineData("mapped")]
    [InlineData("six")]
    [InlineData("site")]
    [InlineData("nat64")]
    [InlineData("loopback")]
    [InlineData("zero")]
    [InlineData("own")] // the machine's own public address: its services are inside too
    [InlineData("own-six")]
    public async Task An_answer_that_leads_inside_is_not_dialled(string label)
    {
        Attempt attempt = await TryAsync(label);

        await attempt.HeldAsync();
        Assert.DoesNotContain(fixture.Far.Reached, reached =>
            reached.Said.Contains(attempt.Token, StringComparison.Ordinal));
        Fact.FlowClosed closed = attempt.WasCut("nobody answered there");
        Assert.Equal((0, 0), (closed.BytesUpstream, closed.BytesBack));
    }

    [Theory]
    [InlineData("public")]
    [InlineData("both")] // of several answers the one outside
    public async Task An_answer_outside_is_dialled(string label)
    {
        Attempt attempt = await TryAsync(label);

        Assert.Equal("answered", attempt.Outcome);
        Assert.Equal([IPAddress.Parse("203.0.113.10")], ReachedBy(attempt));
    }

    [Fact]
    public async Task A_second_answer_that_leads_inside_is_not_believed_for_the_first_s_sake()
    {
        Attempt first = await TryAsync("rebinding"), second = await TryAsync("rebinding");

        Assert.Equal("answered", first.Outcome);
        Assert.Single(ReachedBy(first));
        await second.HeldAsync();
        Assert.Empty(ReachedBy(second));
    }

    private Task<Attempt> TryAsync(string label) =>
        fixture.TryAsync("addresses.py", "to", $"{label}.rebind.example", "80");

    private IEnumerable<IPAddress> ReachedBy(Attempt attempt) => fixture.Far.Reached
        .Where(reached => reached.Said.Contains(attempt.Token, StringComparison.Ordinal))
        .Select(reached => reached.Address);
}
