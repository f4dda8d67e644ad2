using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aurelian.Events;
using Aurelian.LinuxTests.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Egress;

/// <summary>Connections to what no rule names, however the address is come by.</summary>
[Collection(EgressCollection.Name)]
public sealed class AddressAttackTests(EgressFixture fixture)
{
    private const string Program = "addresses.py";

    [Theory]
    [InlineData("203.0.113.80", 80)] // no name was asked for
    [InlineData("198.18.77.77", 80)] // an address of the synthetic range that was never issued
    [InlineData("denied.example", 80)] // a denied name's address, under an allowed name's Host
    [InlineData("evil.example.", 80)] // the trailing dot
    [InlineData("mirror.example.", 8080)] // an allowed name, another port
    [InlineData("a.mirror.example", 80)] // below an allowed name
    [InlineData("wild.example", 80)] // above a wildcard
    [InlineData("mirror.example.evil.example", 80)]
    [InlineData("100.127.255.53", 80)] // the resolver's address on the gateway's loopback
    public async Task A_connection_to_what_no_rule_names_reaches_nobody(string host, int port)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "to", host, Text(port))).HeldAsync();

        Assert.Contains(attempt.Denied, flow => flow.Destination.Port == port && flow.BytesOffered > 0);
    }

    [Fact]
    public async Task Address_literals_in_odd_bases_are_raw_addresses()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "odd-bases")).HeldAsync();

        Assert.Equal(4, attempt.Denied.Count(flow => flow.Destination.ToString() == "203.0.113.80:80"));
    }

    [Theory]
    [InlineData("userinfo", "evil.example")]
    [InlineData("look-alike", "xn--mirrr-mye.example")]
    public async Task A_name_dressed_up_as_an_allowed_one_is_the_name_it_is(string attempt, string name)
    {
        Attempt tried = await (await fixture.TryAsync(Program, attempt)).HeldAsync();

        Assert.All(tried.Denied, flow => Assert.Equal(name, flow.Name));
        Assert.NotEmpty(tried.Denied);
    }

    [Fact]
    public async Task The_metadata_services_are_denied_by_address_and_by_name()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "metadata")).HeldAsync();

        Assert.Equal(4, attempt.Denied.Count());
    }

    [Fact]
    public async Task An_address_issued_to_another_sandbox_opens_nothing()
    {
        string issued = (await fixture.Other.ShellAsync(900, "getent ahostsv4 only-theirs.wild.example")).Text();

        Attempt attempt = await (await fixture.TryAsync(Program, "to", issued.Split(' ')[0], "80")).HeldAsync();

        Assert.Null(Assert.Single(attempt.Denied).Name);
    }

    [Fact]
    public async Task Another_sandbox_that_listens_is_not_reached()
    {
        await fixture.Other.ShellAsync(901, """
            (python3 -c 'import socket
            l = socket.create_server(("", 8080))
            while True: l.accept()[0].sendall(b"hello")' >/dev/null 2>&1 &); sleep 0.5
            """);

        Attempt attempt = await fixture.TryAsync(Program, "to", fixture.Other.Slot!.Address.ToString(), "8080");

        Assert.Equal(8080, Assert.Single((await attempt.HeldAsync()).Denied).Destination.Port);
    }

    [Fact]
    public async Task The_proxy_s_own_port_is_nobody_s_whatever_address_it_is_tried_at()
    {
        string port = Text(ProxyPort());
        foreach (IPAddress address in new[] { fixture.Sandbox.Slot!.Gateway, fixture.Sandbox.Slot.Nameserver })
        {
            Attempt attempt = await (await fixture.TryAsync(Program, "to", address.ToString(), port)).HeldAsync();
            Assert.Equal(address, Assert.Single(attempt.Denied).Destination.Address);
        }

        // Its own loopback, where nobody listens; the gateway's is another one.
        Attempt loopback = await (await fixture.TryAsync(Program, "to", "127.0.0.1", port)).HeldAsync();
        Assert.Equal("refused ECONNREFUSED", loopback.Outcome);
    }

    [Fact]
    public async Task The_host_itself_is_not_reached()
    {
        IPAddress? host = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(each => each.GetIPProperties().UnicastAddresses).Select(each => each.Address)
            .FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(each));
        using TcpListener listener = new(IPAddress.Any, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Attempt attempt = await fixture.TryAsync(Program, "to", (host ?? IPAddress.Loopback).ToString(), Text(port));

        await attempt.HeldAsync();
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("203.0.113.80", "80")]
    [InlineData("evil.example", "443")]
    public async Task Bytes_in_the_first_packet_of_a_fast_open_go_where_the_others_go(string host, string port)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "fast-open", host, port)).HeldAsync();

        Assert.Single(attempt.Denied);
        Assert.NotEmpty(attempt.Facts<Fact.ConnectAttempted>());
    }

    [Fact]
    public async Task Multipath_TCP_is_TCP()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "multipath")).HeldAsync();

        Assert.Single(attempt.Denied);
    }

    [Fact]
    public async Task A_source_route_by_an_allowed_address_is_not_to_be_had()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "options", "source-route")).HeldAsync();

        // By the kernel where only root may set one, else by us.
        Assert.StartsWith("refused", attempt.Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("record-route")]
    [InlineData("timestamps")]
    [InlineData("padding")]
    public async Task IP_options_are_refused_and_logged(string option)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "options", option)).HeldAsync();

        Assert.Equal("refused ECONNREFUSED", attempt.Outcome);
        Assert.Contains(attempt.Facts<Fact.PacketRefused>(), refused =>
            refused.Reason == "IP options are not carried");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("100.64.0.6")]
    [InlineData("203.0.113.200")]
    public async Task A_source_address_that_is_not_its_own_is_not_to_be_had(string source)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "forged", source)).HeldAsync();

        Assert.StartsWith("refused", attempt.Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2001:db8::9", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("64:ff9b::cb00:7150", true)]
    [InlineData("::ffff:203.0.113.80", false)] // IPv4 on the wire
    public async Task IPv6_is_refused_and_IPv4_in_its_clothing_is_IPv4(string address, bool refused)
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "ipv6", address)).HeldAsync();

        Endpoint wanted = new(IPAddress.Parse(address), 80);
        Assert.Contains(attempt.Facts<Fact.ConnectAttempted>(), tried => tried.Destination.Port == 80
            && (tried.Destination == wanted || !refused));
        if (refused)
        {
            Assert.Contains(fixture.Sink.Of<Fact.PacketRefused>(), entry =>
                entry.Subject.Sandbox == fixture.Sandbox.Id && entry.Fact.Destination == wanted
                && entry.Fact.Reason == "IPv6 is not carried");
        }
        else
        {
            Assert.Equal("203.0.113.80:80", Assert.Single(attempt.Denied).Destination.ToString());
        }
    }

    [Fact]
    public async Task A_scan_fills_its_call_s_share_of_the_sinkhole_and_no_other_s()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "scan")).HeldAsync();

        Assert.Equal(40, attempt.Denied.Count());
        Assert.Equal(8, attempt.Denied.Count(flow => flow.Reason.Contains("after 32", StringComparison.Ordinal)));
        Attempt next = await (await fixture.TryAsync(Program, "to", "203.0.113.81", "80")).HeldAsync();
        Assert.Contains(next.Denied, flow => flow.BytesOffered > 0);
    }

    [Fact]
    public async Task More_bytes_than_a_rule_lets_through_are_not_sent()
    {
        Attempt attempt = await (await fixture.TryAsync(Program, "bytes-over")).HeldAsync();

        Assert.Equal(900, attempt.WasCut("over the rule's limit of 1000 bytes").BytesUpstream);
    }

    private int ProxyPort() => fixture.Gateway.Namespace.Run(() => File.ReadAllLines("/proc/thread-self/net/tcp"))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words[3] == "0A" && words[1].StartsWith("0100007F:", StringComparison.Ordinal))
        .Select(words => int.Parse(words[1].AsSpan(9), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        .Single();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
