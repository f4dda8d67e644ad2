using System.Net;
using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation.Names;

public sealed class SimulatedNamesTests
{
    [Theory]
    [InlineData("pool.moonshare.example")]
    [InlineData("Pool.MoonShare.EXAMPLE")]
    [InlineData("pool.moonshare.example.")]
    public void A_name_is_found_however_it_is_written(string name) =>
        Assert.Equal(SimulatedAddresses.Pool, SimulatedNames.Resolve(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("pool.moonshare.example..")]
    [InlineData("moonshare.example")]
    [InlineData("www.wikipedia.org")]
    public void An_unknown_name_has_no_address(string name) => Assert.Null(SimulatedNames.Resolve(name));

    [Fact]
    public void Every_address_lies_in_a_range_that_is_routed_nowhere() =>
        Assert.All(SimulatedNames.All, pair => Assert.True(SimulatedAddresses.Contains(pair.Value), pair.Key));

    [Fact]
    public void Every_name_is_reserved_for_tests_or_private_use() => Assert.All(
        SimulatedNames.All.Keys, name => Assert.Matches(@"\.(test|example|internal)$", name));

    [Fact]
    public void A_public_address_is_not_simulated() =>
        Assert.False(SimulatedAddresses.Contains(IPAddress.Parse("198.51.101.1")));
}
