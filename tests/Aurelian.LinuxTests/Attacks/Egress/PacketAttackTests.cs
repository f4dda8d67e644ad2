using System.Globalization;
using Aurelian.Events;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>Everything that is not TCP, and every other way to make a packet.</summary>
[Collection(EgressCollection.Name)]
public sealed class PacketAttackTests(EgressFixture fixture)
{
    private const string Program = "packets.py";

    [Theory]
    [InlineData("198.51.100.53", 53)] // another resolver
    [InlineData("100.127.255.53", 5353)] // ours, at another port
    [InlineData("203.0.113.80", 123)]
    [InlineData("203.0.113.80", 443)] // QUIC
    [InlineData("10.77.0.1", 161)]
    public async Task A_datagram_is_refused_and_logged_under_its_call(string host, int port)
    {
        Attempt attempt = await fixture.TryAsync(Program, "udp", host, port.ToString(CultureInfo.InvariantCulture));

        await attempt.HeldAsync();
        Assert.StartsWith("refused", attempt.Outcome, StringComparison.Ordinal);
        Assert.Contains(attempt.Facts<Fact.PacketRefused>(), refused =>
            refused.Destination.ToString() == $"{host}:{port}" && refused.Transport == Transport.Udp);
    }

    [Theory]
    [InlineData("udp-allowed", "443")] // QUIC to an allowed host's address
    [InlineData("udp-allowed", "80")]
    [InlineData("udp-large")] // in fragments
    public async Task Datagrams_to_an_allowed_address_or_in_fragments_are_refused_too(
        string name, params string[] arguments)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, name, arguments)).HeldAsync();

        Assert.NotEmpty(attempt.Facts<Fact.PacketRefused>());
    }

    [Theory]
    [InlineData("udp-six", "[2001:db8::9]:53")]
    [InlineData("broadcast", "255.255.255.255:6666")]
    [InlineData("multicast", "224.0.0.251:5353")]
    public async Task Datagrams_to_many_and_over_IPv6_are_refused(string name, string destination)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, name)).HeldAsync();

        Assert.Contains(attempt.Facts<Fact.DatagramSent>(), sent => sent.Destination.ToString() == destination);
        Assert.Contains(fixture.Sink.Of<Fact.PacketRefused>(), entry =>
            entry.Subject.Sandbox == fixture.Sandbox.Id && entry.Fact.Destination.ToString() == destination);
    }

    [Theory]
    [InlineData("icmp-datagram", "AF_INET protocol 1")]
    [InlineData("icmp-raw", "AF_INET SOCK_RAW")]
    [InlineData("icmp-six", "AF_INET6 protocol 58")]
    [InlineData("sctp", "AF_INET protocol 132")]
    [InlineData("sctp-packets", "AF_INET protocol 132")]
    [InlineData("dccp", "AF_INET protocol 33")]
    [InlineData("udp-lite", "AF_INET protocol 136")]
    [InlineData("l2tp", "AF_INET protocol 115")]
    [InlineData("smc", "family 43")]
    [InlineData("raw-ip", "AF_INET SOCK_RAW")]
    [InlineData("packet", "AF_PACKET")]
    [InlineData("packet-datagram", "AF_PACKET")]
    [InlineData("vsock", "AF_VSOCK")]
    [InlineData("vsock-datagram", "AF_VSOCK")]
    [InlineData("xdp", "AF_XDP")]
    [InlineData("kernel-crypto", "AF_ALG")]
    [InlineData("tipc", "AF_TIPC")]
    [InlineData("netlink-sockets", "AF_NETLINK")]
    [InlineData("netlink-netfilter", "AF_NETLINK")]
    [InlineData("netlink-generic", "AF_NETLINK")]
    [InlineData("netlink-crypto", "AF_NETLINK")]
    public Task A_socket_for_anything_but_TCP_and_UDP_is_not_made(string name, string detail) =>
        RefusedAsync(name, "socket", detail);

    [Theory]
    [InlineData("io_uring", "io_uring_setup", "")]
    [InlineData("network-namespace", "unshare", "CLONE_NEWNET")]
    [InlineData("init-namespace", "setns", "CLONE_NEWNET")]
    public Task A_way_around_the_socket_call_is_refused(string name, string syscall, string detail) =>
        RefusedAsync(name, syscall, detail);

    /// <summary>The kernel answers these by itself and tells nobody; nothing was sent.</summary>
    [Theory]
    [InlineData("x32", "ENOSYS")]
    [InlineData("int80", "ENOSYS")]
    [InlineData("route", "EPERM")]
    public async Task A_foreign_system_call_and_a_change_of_the_link_are_refused(string name, string error)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, name)).HeldAsync();

        Assert.Equal($"refused {error}", attempt.Outcome);
    }

    private async Task RefusedAsync(string name, string syscall, string detail)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, name)).HeldAsync();

        Assert.StartsWith("refused", attempt.Outcome, StringComparison.Ordinal);
        Assert.Contains(new Fact.SyscallRefused(syscall, detail), attempt.Facts<Fact.SyscallRefused>());
    }
}
