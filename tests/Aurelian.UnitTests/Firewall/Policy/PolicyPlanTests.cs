using System.Net;
using Aurelian.Firewall;

namespace Aurelian.UnitTests.Firewall.Policy;

public sealed class PolicyPlanTests
{
    private static readonly IPAddress Issued = IPAddress.Parse("198.18.0.7");

    [Theory]
    [InlineData("files.pypi.org", 443, true)]
    [InlineData("a.b.pypi.org", 443, true)]
    [InlineData("pypi.org", 443, false)]
    [InlineData("evilpypi.org", 443, false)]
    [InlineData("files.pypi.org.evil.example", 443, false)]
    [InlineData("files.pypi.org", 80, false)]
    public void A_wildcard_covers_exactly_what_lies_below_it_on_its_port(string name, int port, bool allowed) =>
        Assert.Equal(allowed, Plan(Named("*.pypi.org")).Find(name, Issued, port) is not null);

    [Fact]
    public void A_network_covers_raw_addresses_and_no_issued_one()
    {
        PolicyPlan plan = Plan(Network("203.0.113.0/24"));

        Assert.NotNull(plan.Find(null, IPAddress.Parse("203.0.113.9"), 443));
        Assert.Null(plan.Find("any.example", IPAddress.Parse("203.0.113.9"), 443));
        Assert.Null(plan.Find(null, IPAddress.Parse("203.0.114.9"), 443));
    }

    [Fact]
    public void Addresses_that_rules_allow_by_themselves_are_told() => Assert.Equal(
        ["203.0.113.0/24", "198.51.100.7/32"],
        Plan(Network("203.0.113.0/24"), Named("a.example"), Network("198.51.100.7/32")).Networks);

    [Fact]
    public void All_of_them_are_told_however_many() => Assert.Equal(
        1000, Plan([.. Enumerable.Range(0, 1000).Select(each => Network($"203.{each / 256}.{each % 256}.0/24"))])
            .Networks.Length);

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.5")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.6")]
    [InlineData("100.127.255.53")]
    [InlineData("198.18.0.7")]
    [InlineData("255.255.255.255")]
    public void A_network_of_everything_does_not_reach_what_lies_inside(string address) =>
        Assert.Null(Plan(Network("0.0.0.0/0")).Find(null, IPAddress.Parse(address), 443));

    [Fact]
    public void An_internal_network_is_reached_by_the_rule_that_names_it()
    {
        PolicyPlan plan = Plan(Network("10.77.0.0/16"));

        Assert.NotNull(plan.Find(null, IPAddress.Parse("10.77.3.4"), 443));
        Assert.Null(plan.Find(null, IPAddress.Parse("10.78.3.4"), 443));
    }

    [Fact]
    public void A_host_and_port_listed_as_tcp_needs_no_server_name()
    {
        PolicyRule tls = Named("*.pypi.org"), tcp = Named("files.pypi.org") with { Protocol = RuleProtocol.Tcp };

        Assert.Equal(tcp, Plan(tls, tcp).Find("files.pypi.org", Issued, 443));
        Assert.Equal(tcp, Plan(tcp, tls).Find("files.pypi.org", Issued, 443));
        Assert.Equal(tls, Plan(tls, tcp).Find("other.pypi.org", Issued, 443));
    }

    [Fact]
    public void The_hash_is_of_what_is_enforced()
    {
        PolicyRule one = Named("a.example"), two = Named("b.example");

        Assert.Equal(Plan(one, two).ComputeHash(), Plan(two, one).ComputeHash());
        Assert.Equal(8, new[]
        {
            Plan(one), Plan(two), Plan(one, two), Plan(one with { BytesMax = 5 }), Plan(one with { NamesMax = 5 }),
            Plan(one with { Ports = [80] }), Plan(one with { Protocol = RuleProtocol.Tcp }),
            Plan(one) with { Sandbox = new SandboxSettings { ReadOnlyPaths = ["/opt/go"] } },
        }.Select(plan => plan.ComputeHash()).Distinct().Count());
    }

    private static PolicyPlan Plan(params PolicyRule[] rules) => new() { Rules = rules };

    private static PolicyRule Named(string name) =>
        new() { Name = name, Ports = [443], Protocol = RuleProtocol.Tls };

    private static PolicyRule Network(string network) =>
        new() { Network = IPNetwork.Parse(network), Ports = [443], Protocol = RuleProtocol.Tcp };
}
