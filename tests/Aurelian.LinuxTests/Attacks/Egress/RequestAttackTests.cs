using Aurelian.Events;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>
/// Requests for another host on a connection to an allowed one, and requests that two servers could read in two ways.
/// </summary>
[Collection(EgressCollection.Name)]
public sealed class RequestAttackTests(EgressFixture fixture)
{
    [Theory]
    [InlineData("alone:other-host")]
    [InlineData("alone:no-host")]
    [InlineData("alone:two-hosts")]
    [InlineData("alone:absolute")]
    [InlineData("alone:absolute-alone")]
    [InlineData("alone:connect")]
    [InlineData("alone:http2")]
    [InlineData("alone:doh")]
    [InlineData("alone:nul")]
    [InlineData("alone:bare-feeds")]
    [InlineData("alone:no-http")]
    [InlineData("alone:body-of-get")]
    [InlineData("alone:length-and-chunks")]
    public async Task The_first_request_dials_nobody_unless_it_is_for_the_allowed_host(string name)
    {
        Attempt attempt = await (await fixture.TryAsync("http_requests.py", name)).HeldAsync();

        Fact.FlowClosed denied = Assert.Single(attempt.Denied);
        Assert.Equal("mirror.example", denied.Name);
        Assert.StartsWith("denied: ", denied.Reason, StringComparison.Ordinal);
        Assert.True(denied.BytesOffered > 0);
    }

    [Theory]
    [InlineData("after:other-host")]
    [InlineData("behind:other-host")]
    [InlineData("behind:no-host")]
    [InlineData("after:two-hosts")]
    [InlineData("after:absolute")]
    [InlineData("behind:absolute-alone")]
    [InlineData("after:absolute-userinfo")]
    [InlineData("after:absolute-port")]
    [InlineData("after:connect")]
    [InlineData("after:connect-same")]
    [InlineData("after:upgrade-h2c")]
    [InlineData("after:upgrade-websocket")]
    [InlineData("after:http2")]
    [InlineData("after:doh")]
    [InlineData("after:nul")]
    [InlineData("after:odd-host")]
    [InlineData("after:version-2")]
    [InlineData("after:version-odd")]
    [InlineData("after:no-http")]
    public Task A_later_request_is_cut_before_a_byte_of_it_leaves(string name) => CutAsync(name);

    [Theory]
    [InlineData("folded")]
    [InlineData("folded-host")]
    [InlineData("space-colon")]
    [InlineData("control-colon")]
    [InlineData("bare-feeds")]
    [InlineData("bare-feed-field")]
    [InlineData("bare-return-field")]
    [InlineData("length-and-chunks")]
    [InlineData("chunks-and-length")]
    [InlineData("two-lengths")]
    [InlineData("length-list")]
    [InlineData("length-signed")]
    [InlineData("length-underscored")]
    [InlineData("chunks-odd")]
    [InlineData("chunks-of-get")]
    [InlineData("chunks-underscored")]
    [InlineData("chunks-list")]
    [InlineData("chunks-control")]
    [InlineData("chunks-in-1.0")]
    [InlineData("body-of-get")]
    [InlineData("chunk-bare-feed")]
    [InlineData("chunk-extension-feed")]
    [InlineData("chunk-size-overflow")]
    [InlineData("chunk-size-odd")]
    [InlineData("chunk-unended")]
    [InlineData("chunk-trailer")]
    public Task A_request_smuggled_in_another_is_cut(string name) => CutAsync($"after:{name}");

    private async Task CutAsync(string name)
    {
        Attempt attempt = await (await fixture.TryAsync("http_requests.py", name)).HeldAsync();

        Fact.FlowClosed cut = Assert.Single(attempt.Facts<Fact.FlowClosed>(), flow => flow.Name == "mirror.example"
            && (flow.Reason.StartsWith("cut: ", StringComparison.Ordinal)
                || flow.Reason.StartsWith("denied: ", StringComparison.Ordinal)));
        Assert.True(cut.BytesOffered > cut.BytesUpstream);
    }
}
