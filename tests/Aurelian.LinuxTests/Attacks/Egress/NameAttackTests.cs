using Aurelian.Events;
using Aurelian.Firewall;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>Questions: data that leaves in a name, and names made to be taken for another.</summary>
[Collection(EgressCollection.Name)]
public sealed class NameAttackTests(EgressFixture fixture)
{
    private const string Program = "names.py";

    [Theory]
    [InlineData("labels", "synthetic address", 50)]
    [InlineData("kinds", "no data", 6)]
    [InlineData("stream", "synthetic address", 1)]
    [InlineData("nul", "no host name", 1)]
    [InlineData("dot", "no question", 1)]
    [InlineData("unicode", "no host name", 1)]
    [InlineData("userinfo", "no host name", 1)]
    [InlineData("root", "no host name", 1)]
    [InlineData("pointer", "no question", 1)]
    [InlineData("two-questions", "no question", 1)]
    [InlineData("other-class", "no host name", 1)]
    [InlineData("reply-as-question", "no question", 1)]
    [InlineData("long", "synthetic address", 1)]
    public async Task A_question_is_answered_by_us_logged_and_asked_of_nobody(string name, string outcome, int count)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, name)).HeldAsync();

        Assert.Equal(count, attempt.Facts<Fact.DnsAsked>().Count(asked => !asked.Allowed && asked.Outcome == outcome));
        Assert.DoesNotContain(fixture.Outside.Dialled, dialled =>
            dialled.Name?.Contains(attempt.Token, StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task Another_resolver_over_TCP_is_not_asked()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "other-resolver")).HeldAsync();

        Assert.Equal("198.51.100.53:53", Assert.Single(attempt.Denied).Destination.ToString());
    }

    [Fact]
    public async Task Labels_under_an_allowed_wildcard_are_a_few()
    {
        Attempt attempt = await fixture.TryAsync(Program, "wildcard");

        await fixture.SettleAsync(attempt.Call);
        Assert.Equal("honest", attempt.Lines[^1]);
        Assert.Equal(4, fixture.Outside.Dialled.Count(dialled =>
            dialled.Name?.Contains(attempt.Token, StringComparison.Ordinal) ?? false));
        Assert.Equal(4, attempt.Denied.Count(flow =>
            flow.Reason.Contains("more than 4 names", StringComparison.Ordinal) && flow.BytesUpstream == 0));
    }

    [Fact]
    public async Task A_sandbox_that_asks_for_too_many_names_is_refused_more_but_not_those_its_policy_spells_out()
    {
        await using ISandbox sandbox = await fixture.AdmitAsync(EgressFixture.Policy);

        Attempt attempt = await fixture.TryInAsync(sandbox, null, Program, "flood");

        await attempt.HeldAsync();
        Assert.InRange(attempt.Facts<Fact.DnsAsked>().Count(asked => asked.Outcome == "too many names"),
            1100 - SyntheticAddresses.NamesMax, 1100);
        fixture.Gateway.Release(sandbox.Id);
    }
}
