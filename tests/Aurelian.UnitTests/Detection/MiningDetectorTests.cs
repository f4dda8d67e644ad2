using Aurelian.Events;

namespace Aurelian.UnitTests.Detection;

public sealed class MiningDetectorTests
{
    [Theory]
    [InlineData("mining.subscribe")]
    [InlineData("mining.authorize")]
    [InlineData("eth_submitLogin")]
    [InlineData("eth_submitWork")]
    public void A_pool_s_own_method_completes_the_rule_alone_whatever_the_port(string method)
    {
        Scene scene = new();

        scene.Said(scene.Flow("198.18.0.1", 443, "cdn.example"), "stratum", method);

        Finding finding = Assert.Single(scene.Findings);
        Assert.Equal((Category.Mining, Severity.High), (finding.Category, finding.Severity));
        Assert.Equal(scene.Events[^1].MonotonicNs, finding.CompletedAtNs);
    }

    [Fact]
    public void A_login_with_a_wallet_is_mining() =>
        Assert.Equal(Severity.High, Only(scene => scene.Said(
            scene.Flow("198.18.0.1", 3333), "stratum", "login", traits: ProtocolTraits.WalletLogin)).Severity);

    [Theory]
    [InlineData("login")]
    [InlineData("submit")]
    [InlineData("getwork")]
    [InlineData("getblocktemplate")]
    [InlineData("eth_getWork")]
    public void Words_of_ordinary_software_alone_are_low(string method) =>
        Assert.Equal(Severity.Low, Only(scene => scene.Said(scene.Flow("198.18.0.1", 80), "stratum", method)).Severity);

    [Fact]
    public void A_login_that_is_answered_with_a_job_is_mining()
    {
        Scene scene = new();
        FlowId flow = scene.Flow("198.18.0.1", 80);

        scene.Said(flow, "stratum", "login").Said(flow, "stratum", "job", server: true);

        Finding high = Assert.Single(scene.High);
        Assert.Equal(2, high.Evidence.Length);
    }

    [Fact]
    public void One_connection_is_one_finding_however_long_it_talks()
    {
        Scene scene = new();
        FlowId flow = scene.Flow("198.18.0.1", 3333);

        for (int index = 0; index < 100; index++)
        {
            scene.Said(flow, "stratum", "mining.submit");
        }

        Assert.Single(scene.Findings);
    }

    [Fact]
    public void Other_protocols_are_no_mining()
    {
        Scene scene = new();

        scene.Said(scene.Flow("198.18.0.1", 3333), "http", "GET", "pool.example").Said(new FlowId("f1"), "tls",
            "client-hello");

        Assert.Empty(scene.Findings);
    }

    private static Finding Only(Action<Scene> act)
    {
        Scene scene = new();
        act(scene);
        return Assert.Single(scene.Findings);
    }
}
