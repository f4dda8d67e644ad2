using System.Net;
using System.Net.Sockets;
using System.Text;
using Aurelian.Events;
using Aurelian.Firewall;

namespace Aurelian.LinuxTests.Firewall;

public sealed class GatewayTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string AllowHttp = """
        [[allow]]
        name = "mirror.example"
        ports = [80]
        protocol = "http"
        """;

    [Fact]
    public async Task A_denied_connection_is_read_and_named_and_nobody_is_dialled()
    {
        SandboxId sandbox = fixture.Admit("");
        IPAddress pool = fixture.Resolve("pool.example")!;
        int dialled = fixture.Outside.Dialled.Count;

        using Socket socket = fixture.Connect(pool, 3333);
        string said = GatewayFixture.Talk(socket, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");
        Fact.FlowClosed closed = await fixture.NextClosedAsync(flow => flow.Destination.Port == 3333);

        Assert.Equal("", said);
        Assert.Equal(("pool.example", "stratum"), (closed.Name, closed.Protocol));
        Assert.Equal((0, 0), (closed.BytesUpstream, closed.BytesBack));
        Assert.Equal(49, closed.BytesOffered);
        Assert.False(closed.Allowed);
        Assert.Equal(dialled, fixture.Outside.Dialled.Count);
        Assert.Contains(fixture.Sink.Of<Fact.ProtocolSeen>(), seen =>
            seen.Subject.Sandbox == sandbox && seen.Fact.Method == "mining.subscribe");
    }

    [Fact]
    public async Task An_allowed_request_reaches_the_host_it_names()
    {
        fixture.Admit(AllowHttp);

        using Socket socket = fixture.Connect(fixture.Resolve("mirror.example")!, 80);
        socket.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: mirror.example\r\n\r\n"));
        byte[] reply = new byte[5];
        socket.Receive(reply);
        EndPoint local = socket.LocalEndPoint!;
        socket.Dispose();
        Fact.FlowClosed closed = await fixture.NextClosedAsync(flow => flow.Source.ToIPEndPoint().Equals(local));

        Assert.Equal("hello"u8.ToArray(), reply);
        Assert.Contains(("mirror.example", 80), fixture.Outside.Dialled);
        Assert.Equal(closed.BytesOffered, closed.BytesUpstream);
        Assert.Equal(5, closed.BytesBack);
    }

    [Fact]
    public async Task What_is_carried_is_measured_by_messages()
    {
        fixture.Admit(AllowHttp);

        using Socket socket = fixture.Connect(fixture.Resolve("mirror.example")!, 80);
        socket.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: mirror.example\r\n\r\n"));
        socket.Receive(new byte[5]);
        EndPoint local = socket.LocalEndPoint!;
        socket.Dispose();
        Fact.FlowClosed closed = await fixture.NextClosedAsync(flow => flow.Source.ToIPEndPoint().Equals(local));

        Fact.FlowMeasured measured = Assert.Single(
            fixture.Sink.Of<Fact.FlowMeasured>(), each => each.Fact.Flow == closed.Flow).Fact;
        Assert.Equal((1, closed.BytesUpstream), (measured.Out.Messages, measured.Out.Bytes));
        Assert.Equal((1, closed.BytesBack), (measured.Back.Messages, measured.Back.Bytes));
        Assert.Equal(("mirror.example", "http"), (measured.Name, measured.Protocol));
    }

    [Fact]
    public async Task A_second_request_for_another_host_is_cut_before_a_byte_of_it_leaves()
    {
        fixture.Admit(AllowHttp);

        using Socket socket = fixture.Connect(fixture.Resolve("mirror.example")!, 80);
        socket.Send(Encoding.ASCII.GetBytes("GET /one HTTP/1.1\r\nHost: mirror.example\r\n\r\n"));
        socket.Receive(new byte[5]);
        GatewayFixture.Talk(socket, "GET /two HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        Fact.FlowClosed closed = await fixture.NextClosedAsync(flow =>
            flow.Reason.Contains("evil.example", StringComparison.Ordinal));

        Assert.DoesNotContain("/two", fixture.Outside.Told.ToString(), StringComparison.Ordinal);
        Assert.True(closed.BytesOffered > closed.BytesUpstream);
    }

    [Fact]
    public async Task A_raw_address_is_denied_even_where_its_name_is_allowed()
    {
        fixture.Admit(AllowHttp);

        using Socket socket = fixture.Connect(IPAddress.Parse("203.0.113.80"), 80);
        GatewayFixture.Talk(socket, "GET / HTTP/1.1\r\nHost: mirror.example\r\n\r\n");
        Fact.FlowClosed closed = await fixture.NextClosedAsync(flow =>
            flow.Destination.ToString() == "203.0.113.80:80");

        Assert.False(closed.Allowed);
        Assert.Equal(0, closed.BytesUpstream);
    }

    [Theory]
    [InlineData("198.51.100.9", 53)] // another resolver
    [InlineData("198.51.100.9", 443)] // QUIC
    [InlineData("100.127.255.53", 54)] // our resolver's address, another port
    public async Task Udp_elsewhere_is_refused_and_logged_under_its_sandbox(string address, int port)
    {
        SandboxId sandbox = fixture.Admit("");
        Endpoint destination = new(IPAddress.Parse(address), port);

        using Socket socket = fixture.Socket(SocketType.Dgram);
        socket.SendTo([1, 2, 3], destination.ToIPEndPoint());
        await EventuallyAsync(() => fixture.Sink.Of<Fact.PacketRefused>().Any(refused =>
            refused.Subject.Sandbox == sandbox && refused.Fact.Destination == destination));
    }

    [Fact]
    public async Task A_source_address_that_is_not_the_slot_s_own_is_refused()
    {
        fixture.Admit("");
        Aurelian.Sandbox.IpBatch.Run(fixture.Slot.Namespace, ["addr add 100.64.0.77/32 dev eth0"]);

        using Socket socket = fixture.Socket();
        socket.Bind(new IPEndPoint(IPAddress.Parse("100.64.0.77"), 0));
        Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Parse("203.0.113.5"), 80));
        await EventuallyAsync(() => fixture.Sink.Of<Fact.PacketRefused>().Any(refused =>
            refused.Fact.Source.Address.ToString() == "100.64.0.77"));
    }

    [Fact]
    public void One_name_has_one_address_and_only_for_the_sandbox_that_asked()
    {
        fixture.Admit("");

        Assert.Equal(fixture.Resolve("a.example"), fixture.Resolve("A.Example"));
        Assert.NotEqual(fixture.Resolve("a.example"), fixture.Resolve("b.example"));
        Assert.Null(fixture.Resolve("a.example", type: 28));
    }

    [Fact]
    public async Task A_cut_sandbox_gets_no_packet_out_and_its_open_flow_is_reset()
    {
        SandboxId sandbox = fixture.Admit(AllowHttp);
        using Socket open = fixture.Connect(fixture.Resolve("mirror.example")!, 80);
        open.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: mirror.example\r\n\r\n"));
        open.Receive(new byte[5]);

        (long atNs, int flows) = fixture.Gateway.Cut(sandbox, "test");

        Assert.Equal(1, flows);
        Assert.True(atNs <= MonotonicClock.NowNs);
        Assert.Throws<SocketException>(() => open.Receive(new byte[5]));
        Assert.Throws<SocketException>(() => fixture.Connect(IPAddress.Parse("203.0.113.5"), 80));
        Fact.FlowClosed closed = await fixture.NextClosedAsync(flow => flow.Reason == "test");
        Assert.True(closed.BytesUpstream > 0);
    }

    [Fact]
    public async Task A_tightened_policy_cuts_what_it_no_longer_allows()
    {
        // A gateway of its own: what was applied holds for all who come later.
        await using GatewayFixture own = new();
        own.Admit(AllowHttp);
        using Socket open = own.Connect(own.Resolve("mirror.example")!, 80);
        open.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: mirror.example\r\n\r\n"));
        open.Receive(new byte[5]);

        own.Gateway.Apply(PolicyPlan.Empty);

        Assert.Throws<SocketException>(() => open.Receive(new byte[5]));
        await own.NextClosedAsync(flow => flow.Reason.Contains("tightened", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_sandbox_and_the_gateway_answer_nobody()
    {
        fixture.Admit("");
        using Socket server = fixture.Socket(slot: fixture.Other);
        server.Bind(new IPEndPoint(IPAddress.Any, 8080));
        server.Listen();

        foreach (IPAddress address in new[] { fixture.Other.Address, fixture.Slot.Gateway, fixture.Slot.Nameserver })
        {
            using Socket socket = fixture.Connect(address, 8080);
            Assert.Equal("", GatewayFixture.Talk(socket, "anyone?"));
        }
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int round = 0; round < 300 && !condition(); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }
}
