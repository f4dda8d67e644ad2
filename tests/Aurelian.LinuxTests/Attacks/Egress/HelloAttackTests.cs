using Aurelian.Events;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>The first words of TLS at an address issued for a name that a <c>tls</c> rule allows.</summary>
[Collection(EgressCollection.Name)]
public sealed class HelloAttackTests(EgressFixture fixture)
{
    private const string Program = "hellos.py";

    [Theory]
    [InlineData("other-name", "TLS for evil.example at an address issued for secure.example")]
    [InlineData("below", "TLS for evil.secure.example")]
    [InlineData("doh", "TLS for dns.evil.example")]
    [InlineData("split", "TLS for evil.example")]
    [InlineData("no-name", "TLS without a server name")]
    [InlineData("two-names", "TLS without a server name")]
    [InlineData("nul", "TLS without a server name")]
    [InlineData("look-alike", "TLS without a server name")]
    [InlineData("address-as-name", "TLS for 203.0.113.80")]
    [InlineData("two-extensions", "no TLS")]
    [InlineData("ech", "an encrypted ClientHello")]
    [InlineData("ech-draft", "an encrypted ClientHello")]
    [InlineData("esni", "an encrypted ClientHello")]
    [InlineData("together", "no TLS")]
    [InlineData("no-tls", "no TLS")]
    [InlineData("ssl2", "no TLS")]
    [InlineData("too-long", "no TLS")]
    [InlineData("unfinished", "closed before it said")]
    [InlineData("allowed-name-elsewhere", "no rule for this address")]
    [InlineData("allowed-name-at-denied", "no rule for evil.example")]
    public async Task A_hello_that_does_not_say_the_allowed_name_in_clear_dials_nobody(string name, string reason)
    {
        int dialled = fixture.Outside.Dialled.Count(each => each.Port == 443);

        Attempt attempt = await (await fixture.TryAsync(Program, name)).HeldAsync();

        Assert.False(attempt.WasCut(reason).Allowed);
        Assert.Equal(dialled, fixture.Outside.Dialled.Count(each => each.Port == 443));
    }

    [Theory]
    [InlineData("again", "TLS for evil.example")]
    [InlineData("again-after-ccs", "TLS for evil.example")]
    [InlineData("again-after-early-data", "TLS for evil.example")]
    [InlineData("again-after-alert", "TLS for evil.example")]
    [InlineData("again-after-empty", "no TLS")]
    [InlineData("raw-record", "no TLS")]
    public async Task A_second_hello_is_held_to_the_first(string name, string reason)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, name)).HeldAsync();

        attempt.WasCut(reason);
    }

    [Theory]
    [InlineData("honest")]
    [InlineData("honest-split")]
    [InlineData("honest-again")]
    public async Task An_honest_hello_is_answered_however_it_is_cut(string name)
    {
        Attempt attempt = await fixture.TryAsync(Program, name);

        await fixture.SettleAsync(attempt.Call);
        Assert.Equal("answered", attempt.Outcome);
        Assert.Contains(attempt.Token, fixture.Outside.ReadTold(), StringComparison.Ordinal);
        Assert.Contains(attempt.Facts<Fact.FlowClosed>(), flow =>
            flow.Name == "secure.example" && flow.Allowed && flow.BytesOffered == flow.BytesUpstream);
    }
}
