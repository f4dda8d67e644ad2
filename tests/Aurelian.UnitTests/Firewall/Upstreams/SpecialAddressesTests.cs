using System.Net;
using Aurelian.Firewall;

namespace Aurelian.UnitTests.Firewall.Upstreams;

public sealed class SpecialAddressesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("198.19.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("::ffff:0:7f00:1")]
    [InlineData("ff02::1")]
    public void A_name_never_leads_inside(string address) =>
        Assert.True(SpecialAddresses.IsInside(IPAddress.Parse(address)));

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("11.0.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("169.253.0.1")]
    [InlineData("2606:4700::1")]
    public void A_public_address_is_outside(string address) =>
        Assert.False(SpecialAddresses.IsInside(IPAddress.Parse(address)));
}
